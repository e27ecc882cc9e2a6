package dev.nightmail.upstream.http;

import java.util.ArrayList;
import org.eclipse.jetty.client.Response;

/** Jetty's header fields as ours. */
final class JettyHeaders {

    private JettyHeaders() {}

    static HttpHeaders copy(Response response) {
        var fields = new ArrayList<HttpHeaders.Field>(response.getHeaders().size());
        for (var field : response.getHeaders()) {
            String value = field.getValue();
            fields.add(new HttpHeaders.Field(field.getLowerCaseName(), value == null ? "" : value));
        }
        return new HttpHeaders(fields);
    }

    /** Of a body that is decoded: what they say of the encoded one is no longer so. */
    static HttpHeaders withoutCoding(HttpHeaders headers) {
        if (headers.joined("content-encoding").isEmpty()) {
            return headers;
        }
        return new HttpHeaders(
                headers.fields().stream()
                        .filter(field ->
                                !field.name().equals("content-encoding")
                                        && !field.name().equals("content-length"))
                        .toList());
    }
}

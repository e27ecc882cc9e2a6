package dev.nightmail.api.server;

import dev.nightmail.api.wire.RequestIds;
import dev.nightmail.api.wire.WireJson;
import dev.nightmail.core.error.ErrorType;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Gives the errors that Jetty finds by itself, before any call of ours, the wire's shape. */
final class JettyErrors extends ErrorHandler {

    private final RequestIds requestIds;

    JettyErrors(RequestIds requestIds) {
        this.requestIds = requestIds;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var body = body(response.getStatus(), response.getHeaders());
        response.write(true, body, callback);
        return true;
    }

    private ByteBuffer body(int status, HttpFields.Mutable headers) {
        var known = headers.get(FrontDoor.REQUEST_ID);
        var requestId = known == null ? requestIds.next() : known;
        var json = WireJson.error(ErrorType.ofStatus(status), message(status), null, requestId);
        headers.put(FrontDoor.REQUEST_ID, requestId);
        headers.put(HttpHeader.CONTENT_TYPE, "application/json");
        headers.put(HttpHeader.CONTENT_LENGTH, json.length);
        return ByteBuffer.wrap(json);
    }

    private static String message(int status) {
        return switch (status) {
            case 414 -> "the URI is too long";
            case 431 -> "the headers are too large";
            case 503 -> "the server is being stopped; try again";
            case 505 -> "this version of HTTP is not spoken here";
            default ->
                    status >= 500 ? "internal server error" : "the HTTP request is not well-formed";
        };
    }
}

package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.http.HttpCall;
import dev.nightmail.upstream.http.HttpHeaders;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;

/** The calls that are made to one service, with the headers that each of them carries. */
final class Calls {

    private static final byte[] NO_BODY = {};

    private final Endpoints endpoints;
    private final HttpHeaders asking;
    private final HttpHeaders sending;

    Calls(OpenAiConfig config) {
        endpoints = Endpoints.below(config.url());
        var fields = new ArrayList<HttpHeaders.Field>();
        fields.add(new HttpHeaders.Field("user-agent", config.userAgent()));
        var apiKey = config.apiKey();
        if (apiKey != null) {
            fields.add(new HttpHeaders.Field("authorization", "Bearer " + apiKey.reveal()));
        }
        asking = new HttpHeaders(fields);
        sending = asking.with("content-type", "application/json");
    }

    HttpCall chat(ChatRequest request, Duration timeout) {
        return post(endpoints.chat(), request.body(), timeout);
    }

    HttpCall tokenize(byte[] body, Duration timeout) {
        return post(endpoints.tokenize(), body, timeout);
    }

    HttpCall applyTemplate(byte[] body, Duration timeout) {
        return post(endpoints.applyTemplate(), body, timeout);
    }

    private HttpCall post(URI uri, byte[] body, Duration timeout) {
        return new HttpCall("POST", uri, sending, body, timeout);
    }

    HttpCall models(Duration timeout) {
        return new HttpCall("GET", endpoints.models(), asking, NO_BODY, timeout);
    }
}

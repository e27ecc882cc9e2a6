package dev.nightmail.upstream.openai;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.wire.ErrorBody;
import dev.nightmail.upstream.wire.UpstreamErrors;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers an interactive call with a whole body. */
final class Reply {

    private final String upstream;
    private final AnswerSink sink;
    private @Nullable Noted noted;

    /** What a call to the upstream came to, and the headers that came with it. */
    record Noted(Reading reading, HttpHeaders headers) {}

    Reply(String upstream, AnswerSink sink) {
        this.upstream = upstream;
        this.sink = sink;
    }

    /** A call to the upstream came to this; the client knows, or is not to know. */
    void note(Reading reading, HttpHeaders headers) {
        noted = new Noted(reading, headers);
    }

    /** What was noted last; null if all went well. */
    @Nullable Noted noted() {
        return noted;
    }

    /** What a call to the upstream came to. Of one that was not sent the client is not told. */
    void send(Reading reading, HttpHeaders headers) throws IOException {
        note(reading, headers);
        switch (reading) {
            case Reading.Answered(var message, var _, var _) -> send(200, Map.of(), message);
            case Reading.Fault(var _, var type, var message, var _, var _) ->
                    send(
                            type.status(),
                            passedOn(headers),
                            ErrorBody.of(type, message, requestId(headers)));
            case Reading.Unreachable _ -> {}
            case Reading.Barred(int status, var _) ->
                    send(
                            UpstreamErrors.BAD_GATEWAY,
                            Map.of("x-should-retry", "false"),
                            UpstreamErrors.notServed(upstream, status));
        }
    }

    private static Map<String, String> passedOn(HttpHeaders headers) {
        var passed = new LinkedHashMap<String, String>();
        for (var name : new String[] {"retry-after", "retry-after-ms", "x-should-retry"}) {
            headers.first(name).ifPresent(value -> passed.put(name, value));
        }
        return passed;
    }

    private static @Nullable String requestId(HttpHeaders headers) {
        return headers.first("x-request-id").orElse(null);
    }

    void json(JsonBytes body) throws IOException {
        send(200, Map.of(), body);
    }

    void error(ErrorType type, String message) throws IOException {
        send(type.status(), Map.of(), ErrorBody.of(type, message, null));
    }

    private void send(int status, Map<String, String> headers, JsonBytes body) throws IOException {
        var all = new LinkedHashMap<>(headers);
        all.put("content-type", "application/json");
        sink.begin(status, all);
        sink.write(body.array(), 0, body.length());
        sink.end();
    }
}

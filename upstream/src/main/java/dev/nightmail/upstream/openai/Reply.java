package dev.nightmail.upstream.openai;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.ForwardOutcome.News;
import dev.nightmail.core.upstream.ForwardOutcome.Refused;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.wire.ErrorBody;
import dev.nightmail.upstream.wire.UpstreamErrors;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers an interactive call with a whole body, or keeps the error that it came to. */
final class Reply {

    private static final News NO_NEWS = new ForwardOutcome.NoNews();

    private final String upstream;
    private final AnswerSink sink;
    private @Nullable Noted noted;
    private @Nullable Refused refusal;

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

    /** How the call went, if that is what it tells of the upstream. */
    ForwardOutcome outcome(News news) {
        var refused = refusal;
        return refused == null ? news : refused.about(news);
    }

    /** What a call to the upstream came to. */
    void send(Reading reading, HttpHeaders headers) throws IOException {
        note(reading, headers);
        switch (reading) {
            case Reading.Answered(var message, var _, var _) -> json(message);
            case Reading.Fault(var _, var type, var message, var _, var _, var _) ->
                    refuse(
                            type.status(),
                            passedOn(headers),
                            ErrorBody.of(type, message, Answers.requestId(headers)));
            case Reading.Unreachable(var type, var message, var _) ->
                    refuse(type.status(), Map.of(), ErrorBody.of(type, message, null));
            case Reading.Barred(int status, var _, var _, var _) ->
                    // Not the status itself: it is our key that is wrong, not the client's.
                    refuse(
                            ErrorType.BAD_GATEWAY,
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

    void json(JsonBytes body) throws IOException {
        sink.begin(200, Map.of("content-type", "application/json"));
        sink.write(body.array(), 0, body.length());
        sink.end();
    }

    void error(ErrorType type, String message) {
        refuse(type.status(), Map.of(), ErrorBody.of(type, message, null));
    }

    private void refuse(int status, Map<String, String> headers, JsonBytes body) {
        var all = new LinkedHashMap<>(headers);
        all.put("content-type", "application/json");
        refusal = new Refused(NO_NEWS, status, all, body);
    }
}

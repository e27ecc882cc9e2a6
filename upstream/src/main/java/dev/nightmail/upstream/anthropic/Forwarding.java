package dev.nightmail.upstream.anthropic;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.upstream.http.BodyReceiver;
import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.wire.UpstreamErrors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Passes one answer on. A good one goes through as it comes; an error is held back until it is
 * whole, so that one without the wire's shape (a proxy's page, say) can be put into it.
 */
final class Forwarding implements BodyReceiver {

    /** Far above any API error; what is longer is none. */
    private static final int ERROR_BYTES_MAX = 1 << 20;

    private final Answers answers;
    private final AnswerSink sink;

    private int status;
    private HttpHeaders headers = HttpHeaders.NONE;
    private boolean passing;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream(0);

    Forwarding(Answers answers, AnswerSink sink) {
        this.answers = answers;
        this.sink = sink;
    }

    @Override
    public void begin(int answerStatus, HttpHeaders answerHeaders) throws IOException {
        status = answerStatus;
        headers = answerHeaders;
        if (status >= 200 && status < 300 && !UpstreamErrors.hasForeignType(headers)) {
            passing = true;
            sink.begin(status, passedOn(headers, "application/json"));
        }
    }

    @Override
    public void body(byte[] bytes, int offset, int length) throws IOException {
        if (passing) {
            sink.write(bytes, offset, length);
        } else if (held.size() < ERROR_BYTES_MAX) {
            held.write(bytes, offset, length);
        }
    }

    /** The answer is whole. */
    ForwardOutcome end() throws IOException {
        if (passing) {
            sink.end();
            return new ForwardOutcome.Answered();
        }
        var body = held.toByteArray();
        var told = answers.told(status, headers, body);
        var fields = passedOn(headers, "");
        fields.putAll(told.headers());
        answer(told.status(), fields, told.body());
        return ForwardOutcome.like(answers.answered(status, headers, body));
    }

    /** The exchange failed, when the service may have begun to work. */
    ForwardOutcome fail(FailedStep step, JsonBytes error) throws IOException {
        if (passing) {
            sink.abort(new IOException("the upstream broke off: " + step));
        } else {
            answer(Answers.status(step), Map.of(), error);
        }
        return new ForwardOutcome.Failed(step.toString());
    }

    void answer(int answerStatus, Map<String, String> answerHeaders, JsonBytes body)
            throws IOException {
        var all = new LinkedHashMap<>(answerHeaders);
        all.put("content-type", "application/json");
        sink.begin(answerStatus, all);
        sink.write(body.array(), 0, body.length());
        sink.end();
    }

    private static Map<String, String> passedOn(HttpHeaders headers, String contentTypeOtherwise) {
        var passed = new LinkedHashMap<String, String>();
        for (var field : headers.fields()) {
            if (mattersToClients(field.name())) {
                passed.merge(field.name(), field.value(), (first, next) -> first + ", " + next);
            }
        }
        if (!contentTypeOtherwise.isEmpty()) {
            passed.putIfAbsent("content-type", contentTypeOtherwise);
        }
        return passed;
    }

    private static boolean mattersToClients(String name) {
        return switch (name) {
            case "content-type", "retry-after", "retry-after-ms", "x-should-retry", "request-id" ->
                    true;
            default -> name.startsWith("anthropic-ratelimit-");
        };
    }
}

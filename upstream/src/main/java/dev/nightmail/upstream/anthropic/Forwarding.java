package dev.nightmail.upstream.anthropic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.memory.MemoryShare;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.upstream.http.BodyReceiver;
import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.upstream.http.HeldBytes;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.wire.UpstreamErrors;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Passes one answer on. A good one goes through as it comes. An error is no answer to be passed on
 * but an outcome; one without the wire's shape (a proxy's page, say) is put into it.
 */
final class Forwarding implements BodyReceiver {

    /** Far above any API error; what is longer is none. */
    private static final int ERROR_BYTES_MAX = 1 << 20;

    /** So much of a body shows what it is; few answers are shorter. */
    private static final int BEGINNING_BYTES = 64;

    private static final Pattern ERROR =
            Pattern.compile("\\s*\\{\\s*(?:\"error\"\\s*:\\s*[{\"\\[]|\"type\"\\s*:\\s*\"error\")");

    private final Answers answers;
    private final AnswerSink sink;

    private int status;
    private HttpHeaders headers = HttpHeaders.NONE;
    private boolean passing;

    /** Whether it is known if this is an answer: how it begins does not change any more. */
    private boolean judged;

    /** Of an answer that is a stream; null otherwise. */
    private @Nullable PassedEvents events;

    private final HeldBytes held;

    /**
     * @param memory for an answer that is held back
     */
    Forwarding(Answers answers, AnswerSink sink, MemoryShare memory) {
        this.answers = answers;
        this.sink = sink;
        this.held = new HeldBytes(memory, ERROR_BYTES_MAX);
    }

    @Override
    public void begin(int answerStatus, HttpHeaders answerHeaders) throws IOException {
        status = answerStatus;
        headers = answerHeaders;
        if (isGood() && UpstreamErrors.isEventStream(headers)) {
            passing = true;
            events = new PassedEvents(sink);
            sink.begin(status, passedOn(headers, ""));
        }
    }

    @Override
    public void body(byte[] bytes, int offset, int length) throws IOException {
        var stream = events;
        if (stream != null) {
            stream.take(bytes, offset, length);
        } else if (passing) {
            sink.write(bytes, offset, length);
        } else if (held.canHold(length)) {
            held.add(bytes, offset, length);
            if (isGood() && !judged && held.length() >= BEGINNING_BYTES) {
                passIfAnswer();
            }
        }
    }

    /**
     * An answer is one by how it begins: not by what it is called, since a page does not begin with
     * a brace, nor by its status alone, since some say under a success that they failed.
     */
    private void passIfAnswer() throws IOException {
        judged = true;
        var text = new String(held.beginning(BEGINNING_BYTES), ISO_8859_1);
        boolean json = text.stripLeading().startsWith("{");
        boolean called = !UpstreamErrors.hasForeignType(headers) && !text.isBlank();
        if ((!json && !called) || ERROR.matcher(text).lookingAt()) {
            return;
        }
        var begun = held.drain();
        passing = true;
        var fields = new LinkedHashMap<>(passedOn(headers, "application/json"));
        if (UpstreamErrors.hasForeignType(headers)) {
            fields.put("content-type", "application/json");
        }
        sink.begin(status, fields);
        sink.write(begun, 0, begun.length);
    }

    private boolean isGood() {
        return Answers.isGood(status);
    }

    @Override
    public void idle() throws IOException {
        var stream = events;
        if (stream == null ? !passing : !stream.isInside()) {
            sink.idle();
        }
    }

    /** The answer is whole, as far as HTTP is concerned. */
    ForwardOutcome end() throws IOException {
        if (!judged && !passing && isGood()) {
            passIfAnswer();
        }
        if (!passing) {
            return refused();
        }
        var stream = events;
        if (stream != null) {
            stream.end();
            if (!stream.isConcluded()) {
                return fail(FailedStep.CONNECTION_CUT);
            }
        }
        sink.end();
        return new ForwardOutcome.Answered();
    }

    private ForwardOutcome refused() throws IOException {
        var body = held.drain();
        var told = answers.told(status, headers, body);
        var fields = new LinkedHashMap<>(passedOn(headers, ""));
        fields.putAll(told.headers());
        return refused(
                ForwardOutcome.like(answers.answered(status, headers, body)),
                told.status(),
                fields,
                told.body());
    }

    /** The exchange failed, when the service may have begun to work. */
    ForwardOutcome fail(FailedStep step) {
        var news = new ForwardOutcome.Failed(step.toString());
        if (passing) {
            sink.breakOff(answers.broken(step));
            return news;
        }
        return refused(news, Answers.status(step), Map.of(), answers.broken(step));
    }

    /** An error of our own, or one that is whole. */
    static ForwardOutcome refused(
            ForwardOutcome.News news, int status, Map<String, String> headers, JsonBytes body) {
        var all = new LinkedHashMap<>(headers);
        all.put("content-type", "application/json");
        return new ForwardOutcome.Refused(news, status, all, body);
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

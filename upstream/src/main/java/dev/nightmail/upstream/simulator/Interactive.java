package dev.nightmail.upstream.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.ForwardOutcome.News;
import dev.nightmail.core.upstream.ForwardOutcome.Refused;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.upstream.wire.ErrorBody;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One interactive answer, with the headers it has over HTTP. An error is kept, not sent. */
final class Interactive {

    private static final int SERVER_ERROR_MIN = 500;

    private final AnswerSink sink;
    private final String requestId;
    private final Cut cut;
    private Headroom headroom = Headroom.UNTOLD;
    private @Nullable Refused refusal;

    Interactive(AnswerSink sink, String requestId, Cut cut) {
        this.sink = sink;
        this.requestId = requestId;
        this.cut = cut;
    }

    /** What the answer is to say of the limits. */
    void tell(Headroom told) {
        headroom = told;
    }

    void json(String body) throws IOException {
        message(body.getBytes(UTF_8), false);
    }

    /** How the call went, if that is what it tells of the service. */
    ForwardOutcome outcome(News news) {
        var refused = refusal;
        return refused == null ? news : refused.about(news);
    }

    /**
     * @param cutInside breaks off in the middle of the body
     */
    void message(byte[] body, boolean cutInside) throws IOException {
        sink.begin(200, headers("application/json"));
        if (cutInside) {
            sink.write(body, 0, body.length / 2);
            cut.off(sink);
            return;
        }
        sink.write(body, 0, body.length);
        sink.end();
    }

    void beginStream() throws IOException {
        var headers = headers("text/event-stream; charset=utf-8");
        headers.put("cache-control", "no-cache");
        sink.begin(200, headers);
    }

    void garbage() throws IOException {
        var body = "<html>a simulated fault</html>".getBytes(UTF_8);
        sink.begin(200, headers("text/html"));
        sink.write(body, 0, body.length);
        sink.end();
    }

    /** An error that is about who relays the call, not about who makes it. */
    void notServed(String message) {
        var headers = headers("application/json");
        headers.put("x-should-retry", "false");
        refuse(ErrorType.BAD_GATEWAY, headers, ErrorType.API_ERROR, message);
    }

    void error(ErrorType type, String message, @Nullable Duration retryAfter) {
        var headers = headers("application/json");
        headers.put("x-should-retry", Boolean.toString(isWorthRetrying(type)));
        if (retryAfter != null) {
            headers.put("retry-after", seconds(retryAfter));
        }
        refuse(type.status(), headers, type, message);
    }

    private void refuse(int status, Map<String, String> headers, ErrorType type, String message) {
        var body = ErrorBody.of(type, message, requestId);
        refusal = new Refused(new ForwardOutcome.NoNews(), status, headers, body);
    }

    private static boolean isWorthRetrying(ErrorType type) {
        return type == ErrorType.RATE_LIMIT_ERROR || type.status() >= SERVER_ERROR_MIN;
    }

    private static String seconds(Duration duration) {
        return duration.toMillisPart() == 0
                ? Long.toString(duration.toSeconds())
                : Double.toString(duration.toMillis() / 1000.0);
    }

    private Map<String, String> headers(String contentType) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("content-type", contentType);
        headers.put("request-id", requestId);
        headers.putAll(RateLimitHeaders.of(headroom));
        return headers;
    }
}

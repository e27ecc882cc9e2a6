package dev.nightmail.upstream.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.upstream.wire.ErrorBody;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One interactive answer, with the headers it has over HTTP. */
final class Interactive {

    private static final int SERVER_ERROR_MIN = 500;

    private final AnswerSink sink;
    private final String requestId;
    private Headroom headroom = Headroom.UNTOLD;

    Interactive(AnswerSink sink, String requestId) {
        this.sink = sink;
        this.requestId = requestId;
    }

    /** What the answer is to say of the limits. */
    void tell(Headroom told) {
        headroom = told;
    }

    void json(String body) throws IOException {
        message(body.getBytes(UTF_8), false);
    }

    /**
     * @param cutInside breaks off in the middle of the body
     */
    void message(byte[] body, boolean cutInside) throws IOException {
        sink.begin(200, headers("application/json"));
        if (cutInside) {
            sink.write(body, 0, body.length / 2);
            sink.abort(new IOException("a simulated fault cut the answer off"));
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

    void error(ErrorType type, String message, @Nullable Duration retryAfter) throws IOException {
        var headers = headers("application/json");
        headers.put("x-should-retry", Boolean.toString(isWorthRetrying(type)));
        if (retryAfter != null) {
            headers.put("retry-after", seconds(retryAfter));
        }
        var body = ErrorBody.of(type, message, requestId).array();
        sink.begin(type.status(), headers);
        sink.write(body, 0, body.length);
        sink.end();
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

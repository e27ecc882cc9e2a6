package dev.nightmail.upstream.http;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpHeader;

/** An exchange whose body is collected by Jetty's thread; the caller wakes once, at the end. */
final class CollectedExchange extends ExchangeInFlight implements Response.Listener {

    private static final int FIRST_BUFFER_BYTES = 4096;

    private final int bodyBytesMax;

    // Written by one thread at a time, read by the caller after complete(): both ordered by it.
    private byte[] body = {};
    private int bodyBytes;
    private int status;
    private HttpHeaders headers = HttpHeaders.NONE;

    CollectedExchange(Request request, HttpCall call, HttpSettings settings, int bodyBytesMax) {
        super(request, call, settings);
        this.bodyBytesMax = bodyBytesMax;
    }

    @Override
    public void onBegin(Response response) {
        progress();
    }

    @Override
    public void onHeaders(Response response) {
        status = response.getStatus();
        headers = JettyHeaders.copy(response);
        long announced = response.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
        if (announced > bodyBytesMax) {
            abort(new BodyTooLargeException(bodyBytesMax));
        } else if (announced > 0) {
            // An announcement is not yet a body: memory is given for what a buffer may hold,
            // and for more only as it comes.
            body = new byte[(int) Math.min(announced, 1 << 20)];
        }
    }

    @Override
    public void onContent(Response response, ByteBuffer content) {
        progress();
        int more = content.remaining();
        if (more > bodyBytesMax - bodyBytes) {
            abort(new BodyTooLargeException(bodyBytesMax));
            return;
        }
        if (bodyBytes + more > body.length) {
            long doubled = Math.max(2L * body.length, FIRST_BUFFER_BYTES);
            body =
                    Arrays.copyOf(
                            body,
                            (int) Math.min(bodyBytesMax, Math.max(doubled, bodyBytes + more)));
        }
        content.get(body, bodyBytes, more);
        bodyBytes += more;
    }

    @Override
    public void onComplete(Result result) {
        complete(result.getFailure());
    }

    HttpOutcome await() throws InterruptedException {
        while (!isComplete()) {
            var outcome = parkOnce();
            if (outcome != null) {
                return outcome;
            }
        }
        var failure = failure();
        if (failure != null) {
            return failed(failure);
        }
        return new HttpOutcome.Complete(
                status, headers, bodyBytes == body.length ? body : Arrays.copyOf(body, bodyBytes));
    }
}

package dev.nightmail.upstream.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * An exchange whose body the caller's thread reads itself, piece by piece: a receiver that is slow
 * slows the upstream down, and nothing piles up in between.
 */
final class StreamedExchange extends ExchangeInFlight
        implements Response.ContentSourceListener, Response.CompleteListener {

    private static final byte[] NO_BODY = {};

    /** So often the receiver is told that nothing comes. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final byte[] buffer = new byte[16 << 10];

    private volatile @Nullable Answer answer;
    private long lastWordNanos;

    private record Answer(Response response, Content.Source source) {}

    StreamedExchange(Request request, HttpCall call, HttpSettings settings) {
        super(request, call, settings);
    }

    @Override
    public void onContentSource(Response response, Content.Source source) {
        progress();
        answer = new Answer(response, source);
        wakeCaller();
    }

    @Override
    public void onComplete(Result result) {
        complete(result.getFailure());
    }

    HttpOutcome await(BodyReceiver receiver) throws IOException, InterruptedException {
        lastWord(System.nanoTime());
        while (answer == null) {
            if (isComplete()) {
                var failure = failure();
                return failed(failure == null ? new IOException("no answer") : failure);
            }
            var outcome = parkOnce();
            if (outcome != null) {
                return outcome;
            }
            try {
                tellIdle(receiver);
            } catch (IOException | RuntimeException e) {
                abort(e);
                throw e;
            }
        }
        var begun = answer;
        try {
            return read(begun.response(), begun.source(), receiver);
        } catch (IOException | RuntimeException e) {
            abort(e);
            throw e;
        }
    }

    private HttpOutcome read(Response response, Content.Source source, BodyReceiver receiver)
            throws IOException, InterruptedException {
        var headers = JettyHeaders.copy(response);
        receiver.begin(response.getStatus(), headers);
        while (true) {
            var chunk = source.read();
            if (chunk == null) {
                var outcome = awaitContent(source, receiver);
                if (outcome != null) {
                    return outcome;
                }
                continue;
            }
            if (Content.Chunk.isFailure(chunk)) {
                var failure = chunk.getFailure();
                abort(failure);
                return failed(failure);
            }
            progress();
            lastWord(System.nanoTime());
            try {
                handOn(chunk.getByteBuffer(), receiver);
            } finally {
                chunk.release();
            }
            if (chunk.isLast()) {
                return new HttpOutcome.Complete(response.getStatus(), headers, NO_BODY);
            }
        }
    }

    private @Nullable HttpOutcome awaitContent(Content.Source source, BodyReceiver receiver)
            throws IOException, InterruptedException {
        var demand = new Demand();
        source.demand(demand);
        while (!demand.met) {
            var outcome = parkOnce();
            if (outcome != null) {
                return outcome;
            }
            tellIdle(receiver);
        }
        return null;
    }

    private void tellIdle(BodyReceiver receiver) throws IOException {
        long now = System.nanoTime();
        if (now - lastWordNanos >= IDLE_NANOS) {
            lastWord(now);
            receiver.idle();
        }
    }

    private void lastWord(long now) {
        lastWordNanos = now;
        lookAgainAt(now + IDLE_NANOS);
    }

    private void handOn(ByteBuffer content, BodyReceiver receiver) throws IOException {
        while (content.hasRemaining()) {
            int length = Math.min(content.remaining(), buffer.length);
            content.get(buffer, 0, length);
            receiver.body(buffer, 0, length);
        }
    }

    private final class Demand implements Runnable {
        private volatile boolean met;

        @Override
        public void run() {
            met = true;
            wakeCaller();
        }
    }
}

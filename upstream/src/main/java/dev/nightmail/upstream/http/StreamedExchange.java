package dev.nightmail.upstream.http;

import dev.nightmail.core.coding.BodyDecoder;
import dev.nightmail.core.coding.UndecodableException;
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
        implements Response.BeginListener,
                Response.ContentSourceListener,
                Response.CompleteListener {

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
    public void onBegin(Response response) {
        answerBegins(response);
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
        } catch (BrokenAnswer e) {
            abort(e);
            return new HttpOutcome.Broken(e.step());
        } catch (IOException | RuntimeException e) {
            abort(e);
            throw e;
        }
    }

    private HttpOutcome read(Response response, Content.Source source, BodyReceiver receiver)
            throws IOException, InterruptedException {
        var headers = JettyHeaders.copy(response);
        var passed = JettyHeaders.withoutCoding(headers);
        try (var decoder = BodyDecoder.of(headers.joined("content-encoding"))) {
            var receiving = new Receiving(response.getStatus(), passed, receiver, decoder);
            if (decoder == null) {
                receiving.begin();
            }
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
                    receiving.take(chunk.getByteBuffer());
                } finally {
                    chunk.release();
                }
                if (chunk.isLast()) {
                    receiving.finish();
                    return new HttpOutcome.Complete(response.getStatus(), passed, NO_BODY);
                }
            }
        } catch (UndecodableException e) {
            abort(e);
            return new HttpOutcome.Broken(FailedStep.UNDECODABLE);
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

    /**
     * Hands the body on, decoded. Of one that is encoded nothing is said before its first byte
     * could be decoded: where the coding is a mere claim, there is still time to answer something
     * else.
     */
    private final class Receiving {
        private final int status;
        private final HttpHeaders headers;
        private final BodyReceiver receiver;
        private final @Nullable BodyDecoder decoder;
        private boolean begun;

        Receiving(
                int status,
                HttpHeaders headers,
                BodyReceiver receiver,
                @Nullable BodyDecoder decoder) {
            this.status = status;
            this.headers = headers;
            this.receiver = receiver;
            this.decoder = decoder;
        }

        void begin() throws IOException {
            if (!begun) {
                begun = true;
                receiver.begin(status, headers);
            }
        }

        void take(ByteBuffer content) throws IOException {
            if (decoder == null) {
                while (content.hasRemaining()) {
                    int length = Math.min(content.remaining(), buffer.length);
                    content.get(buffer, 0, length);
                    receiver.body(buffer, 0, length);
                }
                return;
            }
            int count = decoder.decode(content, buffer);
            while (count > 0) {
                begin();
                receiver.body(buffer, 0, count);
                // A small input may decode to very much: that is progress, and may be called off.
                progress();
                count = decoder.decode(content, buffer);
            }
        }

        void finish() throws IOException {
            if (decoder != null) {
                decoder.finish();
            }
            begin();
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

package dev.nightmail.upstream.http;

import dev.nightmail.core.coding.BodyDecoder;
import dev.nightmail.core.coding.UndecodableException;
import dev.nightmail.core.memory.MemoryShare;
import java.nio.ByteBuffer;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * An exchange whose body is collected by Jetty's thread; the caller wakes once, at the end. Only
 * where there is no memory for a piece the caller is woken before, and waits for it: Jetty's
 * threads never do, and read nothing more of this answer meanwhile.
 */
final class CollectedExchange extends ExchangeInFlight implements Response.Listener {

    private static final int DECODED_AT_ONCE_BYTES = 16 << 10;

    private final MemoryShare memory;

    // Written by one thread at a time, read by the caller after complete(): both ordered by it.
    private final HeldBytes body;
    private int status;
    private HttpHeaders headers = HttpHeaders.NONE;

    /** A piece for which there was no memory; whoever sees it here may touch the body. */
    private volatile @Nullable Withheld withheld;

    private record Withheld(Content.Chunk chunk, Runnable demander) {}

    CollectedExchange(
            Request request,
            HttpCall call,
            HttpSettings settings,
            int bodyBytesMax,
            MemoryShare memory) {
        super(request, call, settings);
        this.memory = memory;
        this.body = new HeldBytes(memory, bodyBytesMax);
    }

    @Override
    public void onBegin(Response response) {
        answerBegins(response);
    }

    @Override
    public void onHeaders(Response response) {
        status = response.getStatus();
        headers = JettyHeaders.copy(response);
        long announced = response.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
        if (announced > body.bytesMax()) {
            abort(BrokenAnswer.tooLarge(body.bytesMax()));
        } else {
            body.announce(announced);
        }
    }

    @Override
    public void onContent(Response response, Content.Chunk chunk, Runnable demander) {
        progress();
        var content = chunk.getByteBuffer();
        if (!body.canHold(content.remaining())) {
            abort(BrokenAnswer.tooLarge(body.bytesMax()));
        } else if (body.tryAdd(content)) {
            demander.run();
        } else {
            chunk.retain();
            withheld = new Withheld(chunk, demander);
            wakeCaller();
        }
    }

    @Override
    public void onComplete(Result result) {
        complete(result.getFailure());
    }

    HttpOutcome await() throws InterruptedException {
        try {
            while (!isComplete()) {
                var piece = withheld;
                if (piece != null) {
                    withheld = null;
                    add(piece);
                    continue;
                }
                var outcome = parkOnce();
                if (outcome != null) {
                    return outcome;
                }
            }
            var failure = failure();
            if (failure != null) {
                return failed(failure);
            }
            return new HttpOutcome.Complete(status, JettyHeaders.withoutCoding(headers), decoded());
        } catch (BrokenAnswer e) {
            abort(e);
            return new HttpOutcome.Broken(e.step());
        } finally {
            var left = withheld;
            if (left != null) {
                withheld = null;
                left.chunk().release();
            }
        }
    }

    private void add(Withheld piece) throws BrokenAnswer, InterruptedException {
        try {
            body.add(piece.chunk().getByteBuffer());
        } finally {
            piece.chunk().release();
        }
        progress();
        piece.demander().run();
    }

    /** Done by the caller: to decode a large body takes its time. */
    private byte[] decoded() throws BrokenAnswer, InterruptedException {
        var coding = headers.joined("content-encoding");
        try (var decoder = BodyDecoder.of(coding)) {
            if (decoder == null) {
                return body.toArray();
            }
            var encoded = ByteBuffer.wrap(body.toArray());
            var plain = new HeldBytes(memory, body.bytesMax());
            var some = new byte[DECODED_AT_ONCE_BYTES];
            int count = decoder.decode(encoded, some);
            while (count > 0) {
                if (!plain.canHold(count)) {
                    throw BrokenAnswer.tooLarge(body.bytesMax());
                }
                plain.add(ByteBuffer.wrap(some, 0, count));
                count = decoder.decode(encoded, some);
            }
            decoder.finish();
            return plain.toArray();
        } catch (UndecodableException e) {
            throw BrokenAnswer.undecodable(e);
        }
    }
}

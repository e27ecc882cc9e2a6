package dev.nightmail.api.server;

import dev.nightmail.api.exchange.ApiLimits;
import java.io.IOException;
import java.time.InstantSource;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * What to do with the rest of a body whose call has been refused. Closing the connection while the
 * client sends would make its system discard our answer, and the client report a broken pipe and
 * try again. So the rest is read and thrown away, up to a limit.
 */
final class UnreadBody {

    /** So much is looked at without waiting, to keep a connection that is as good as done. */
    private static final int READS_MAX = 16;

    private static final int DISCARD_BYTES = 64 * 1024;

    private final ApiLimits limits;
    private final InstantSource clock;

    UnreadBody(ApiLimits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** Whether nothing more of the body is to come. Does not wait. */
    boolean isAtItsEnd(Request request) {
        if (isAwaitingContinue(request)) {
            return false;
        }
        for (int i = 0; i < READS_MAX; i++) {
            var chunk = request.read();
            if (chunk == null || Content.Chunk.isFailure(chunk)) {
                return false;
            }
            boolean last = chunk.isLast();
            chunk.release();
            if (last) {
                return true;
            }
        }
        return false;
    }

    void drain(Request request) {
        if (isAwaitingContinue(request)) {
            return;
        }
        long deadline = clock.millis() + limits.drainTimeout().toMillis();
        var discarded = new byte[DISCARD_BYTES];
        try (var body = Content.Source.asInputStream(request)) {
            for (long bytes = 0; bytes < limits.drainBytesMax() && clock.millis() < deadline; ) {
                int read = body.read(discarded);
                if (read < 0) {
                    return;
                }
                bytes += read;
            }
        } catch (IOException e) {
            // The client has gone, or it stalls: the connection is closed in either case.
        }
    }

    /** Such a client sends its body only when asked, and we are not going to. */
    private static boolean isAwaitingContinue(Request request) {
        return request.getHeaders().contains(HttpHeader.EXPECT)
                && Request.getContentBytesRead(request) == 0;
    }
}

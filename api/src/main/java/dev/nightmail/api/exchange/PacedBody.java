package dev.nightmail.api.exchange;

import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.memory.SlowSource;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;

/**
 * A call's body as it comes off the network, given up on when it comes too slowly. Only the time
 * counts for which we wait for the client.
 */
final class PacedBody extends BodyStream implements SlowSource {

    private static final int REQUEST_TIMEOUT = 408;
    private static final long NOT_READING = Long.MIN_VALUE;

    /** While others wait for the memory, a body has to come as over a line of 1 Mbit/s. */
    private static final long CONTESTED_BYTES_PER_SECOND = 128 * 1024;

    private static final long CONTESTED_GRACE_MILLIS = 5_000;

    private final InputStream network;
    private final InstantSource clock;
    private final ApiLimits limits;
    private final Runnable hangUp;

    // Written by the reading thread alone, read by those that wait for memory.
    private volatile long bytes;
    private volatile long waitedMillis;
    private volatile long readingSince = NOT_READING;
    private volatile boolean atItsEnd;

    PacedBody(InputStream network, InstantSource clock, ApiLimits limits, Runnable hangUp) {
        this.network = network;
        this.clock = clock;
        this.limits = limits;
        this.hangUp = hangUp;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read;
        long from = clock.millis();
        readingSince = from;
        try {
            read = network.read(target, offset, length);
        } catch (IOException e) {
            if (causedBy(TimeoutException.class, e)) {
                throw tooSlow();
            }
            if (causedBy(HttpException.class, e)) {
                throw notHttp();
            }
            throw new ClientGoneException(e);
        } catch (RuntimeException e) {
            throw e instanceof HttpException ? notHttp() : e;
        } finally {
            readingSince = NOT_READING;
            waited(clock.millis() - from);
        }
        atItsEnd = read < 0;
        received(Math.max(read, 0));
        checkPace();
        return read;
    }

    private void waited(long millis) {
        long before = waitedMillis;
        waitedMillis = before + Math.max(millis, 0);
    }

    private void received(int more) {
        long before = bytes;
        bytes = before + more;
    }

    @Override
    public boolean isLate() {
        long since = readingSince;
        long elapsed = waitedMillis + (since == NOT_READING ? 0 : clock.millis() - since);
        return !atItsEnd
                && elapsed > CONTESTED_GRACE_MILLIS
                && bytes * 1_000 < CONTESTED_BYTES_PER_SECOND * elapsed;
    }

    @Override
    public void end() {
        hangUp.run();
    }

    private void checkPace() {
        long elapsed = waitedMillis;
        if (elapsed > limits.bodyTimeout().toMillis()
                || (elapsed > limits.bodyGrace().toMillis()
                        && bytes * 1_000 < limits.bodyBytesPerSecondMin() * elapsed)) {
            throw tooSlow();
        }
    }

    private ApiError tooSlow() {
        return ApiError.of(
                REQUEST_TIMEOUT,
                ErrorType.INVALID_REQUEST_ERROR,
                "the body came too slowly: gave up after " + bytes + " bytes");
    }

    /** Such as a chunk without a length: whoever sends that again gets nothing else. */
    private static ApiError notHttp() {
        return ApiError.invalid("the body is not well-formed HTTP")
                .withHeader("connection", "close");
    }

    private static boolean causedBy(Class<?> kind, Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return true;
            }
        }
        return false;
    }
}

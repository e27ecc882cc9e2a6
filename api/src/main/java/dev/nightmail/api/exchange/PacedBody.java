package dev.nightmail.api.exchange;

import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.error.ErrorType;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.concurrent.TimeoutException;

/** A call's body as it comes off the network, given up on when it comes too slowly. */
final class PacedBody extends BodyStream {

    private static final int REQUEST_TIMEOUT = 408;

    private final InputStream network;
    private final InstantSource clock;
    private final ApiLimits limits;
    private final long startMillis;
    private long bytes;

    PacedBody(InputStream network, InstantSource clock, ApiLimits limits) {
        this.network = network;
        this.clock = clock;
        this.limits = limits;
        this.startMillis = clock.millis();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read;
        try {
            read = network.read(target, offset, length);
        } catch (IOException e) {
            if (causedByTimeout(e)) {
                throw tooSlow();
            }
            throw new ClientGoneException(e);
        }
        bytes += Math.max(read, 0);
        checkPace();
        return read;
    }

    private void checkPace() {
        long elapsed = clock.millis() - startMillis;
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

    private static boolean causedByTimeout(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }
}

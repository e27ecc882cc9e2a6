package dev.nightmail.pipeline.client;

import dev.nightmail.wire.error.ErrorReading;
import dev.nightmail.wire.error.HeaderLookup;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Makes what only the client over HTTP makes otherwise. */
public final class SimulatedAnswers {

    private static final URI BASE = URI.create("http://simulated.example");

    private SimulatedAnswers() {}

    /** In the service's own words. */
    public static RefusedException refused(int status, String type, String message) {
        return refusedWith(
                status,
                "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"%s\"}}"
                        .formatted(type, message));
    }

    /** In those of something in between. */
    public static RefusedException page(int status) {
        return refusedWith(status, "<html><body>Sorry</body></html>");
    }

    private static RefusedException refusedWith(int status, String body) {
        return new RefusedException(
                "a call",
                ErrorReading.read(status, HeaderLookup.NONE, body.getBytes(StandardCharsets.UTF_8)),
                body,
                BASE);
    }

    public static UnreachableException unreachable() {
        return new UnreachableException("cannot be reached", new IOException("nobody there"));
    }

    /**
     * @param bodies gives the whole body each time the download is begun, or taken up where it
     *     broke off
     */
    public static ResultStream results(Supplier<InputStream> bodies) throws InterruptedException {
        return new ResultStream((_, _) -> new ResultStream.Opened(bodies.get(), 0, null), 3);
    }
}

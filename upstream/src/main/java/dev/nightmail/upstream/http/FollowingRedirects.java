package dev.nightmail.upstream.http;

import dev.nightmail.core.memory.MemoryShare;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows 307 and 308 within one origin, with method and body. Every other redirect stays the
 * answer: to follow it would change the method, or hand the credentials to somebody else.
 */
public final class FollowingRedirects implements HttpExchanges {

    private static final int REDIRECTS_MAX = 5;

    private final HttpExchanges exchanges;

    public FollowingRedirects(HttpExchanges exchanges) {
        this.exchanges = exchanges;
    }

    @Override
    public HttpOutcome exchange(HttpCall call, int bodyBytesMax) throws InterruptedException {
        var first = exchanges.exchange(call, bodyBytesMax);
        if (next(call, first).isEmpty()) {
            return first;
        }
        var clock = new Remaining(call.timeout());
        var current = call;
        var outcome = first;
        for (int followed = 0; followed < REDIRECTS_MAX; followed++) {
            var target = next(current, outcome);
            if (target.isEmpty()) {
                return outcome;
            }
            var remaining = clock.remaining();
            if (remaining == null) {
                return new HttpOutcome.Broken(FailedStep.CALL_TIMEOUT);
            }
            current = current.at(target.get(), remaining);
            outcome = exchanges.exchange(current, bodyBytesMax);
        }
        return next(current, outcome).isEmpty()
                ? outcome
                : new HttpOutcome.Broken(FailedStep.REDIRECT_LOOP);
    }

    @Override
    public HttpOutcome stream(HttpCall call, BodyReceiver receiver)
            throws IOException, InterruptedException {
        var clock = new Remaining(call.timeout());
        var current = call;
        for (int followed = 0; followed <= REDIRECTS_MAX; followed++) {
            var withheld = new WithheldRedirect(current, receiver);
            var outcome = exchanges.stream(current, withheld);
            if (!(outcome instanceof HttpOutcome.Complete) || withheld.target == null) {
                return outcome;
            }
            var remaining = clock.remaining();
            if (remaining == null) {
                return new HttpOutcome.Broken(FailedStep.CALL_TIMEOUT);
            }
            current = current.at(withheld.target, remaining);
        }
        return new HttpOutcome.Broken(FailedStep.REDIRECT_LOOP);
    }

    private static Optional<URI> next(HttpCall call, HttpOutcome outcome) {
        return outcome instanceof HttpOutcome.Complete(int status, var headers, var _)
                ? target(call.uri(), status, headers)
                : Optional.empty();
    }

    private static Optional<URI> target(URI from, int status, HttpHeaders headers) {
        if (status != 307 && status != 308) {
            return Optional.empty();
        }
        return headers.first("location").flatMap(location -> resolve(from, location));
    }

    private static Optional<URI> resolve(URI from, String location) {
        URI target;
        try {
            target = from.resolve(location.strip());
        } catch (IllegalArgumentException _) {
            // Not a URL: the redirect itself then is the answer, and its error says so.
            return Optional.empty();
        }
        return target.getHost() != null && sameOrigin(from, target)
                ? Optional.of(target)
                : Optional.empty();
    }

    private static boolean sameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return uri.getScheme().toLowerCase(Locale.ROOT).equals("https") ? 443 : 80;
    }

    @Override
    public MemoryShare memory() {
        return exchanges.memory();
    }

    @Override
    public void close() {
        exchanges.close();
    }

    /** What is left of the time for all hops together. */
    private static final class Remaining {
        private final long startedNanos = System.nanoTime();
        private final Duration whole;

        Remaining(Duration whole) {
            this.whole = whole;
        }

        @Nullable Duration remaining() {
            var rest = whole.minusNanos(System.nanoTime() - startedNanos);
            return rest.isPositive() ? rest : null;
        }
    }

    /** Keeps an answer that will be followed away from the receiver. */
    private static final class WithheldRedirect implements BodyReceiver {
        private final HttpCall call;
        private final BodyReceiver receiver;
        private @Nullable URI target;

        WithheldRedirect(HttpCall call, BodyReceiver receiver) {
            this.call = call;
            this.receiver = receiver;
        }

        @Override
        public void begin(int status, HttpHeaders headers) throws IOException {
            target = target(call.uri(), status, headers).orElse(null);
            if (target == null) {
                receiver.begin(status, headers);
            }
        }

        @Override
        public void body(byte[] bytes, int offset, int length) throws IOException {
            if (target == null) {
                receiver.body(bytes, offset, length);
            }
        }

        @Override
        public void idle() throws IOException {
            receiver.idle();
        }
    }
}

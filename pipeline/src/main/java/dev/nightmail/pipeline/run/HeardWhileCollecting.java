package dev.nightmail.pipeline.run;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Passes on what happens, and keeps what a collection has to act on. */
final class HeardWhileCollecting implements ProgressListener {

    private final ProgressListener listener;
    private @Nullable Duration awaited;
    private @Nullable String silence;

    HeardWhileCollecting(ProgressListener listener) {
        this.listener = listener;
    }

    @Override
    public void on(RunEvent event) {
        if (event instanceof RunEvent.ResultsAwaited waiting) {
            awaited = shorter(waiting.nextTryIn());
        } else if (event instanceof RunEvent.EndpointSilent(var reason)) {
            silence = reason;
        }
        listener.on(event);
    }

    private Duration shorter(Duration next) {
        return awaited == null || next.compareTo(awaited) < 0 ? next : awaited;
    }

    /** In what time missing results of an ended batch are fetched again; asking clears it. */
    Optional<Duration> takeAwaited() {
        var next = Optional.ofNullable(awaited);
        awaited = null;
        return next;
    }

    /** Why the endpoint did not answer; empty if it did. */
    Optional<String> silence() {
        return Optional.ofNullable(silence);
    }
}

package dev.nightmail.api.server;

import dev.nightmail.api.auth.RefusedCall;
import dev.nightmail.api.auth.RefusedCall.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the calls that were not let in, and logs them: the first of a kind at once, and then how
 * many there were, at most once a minute. Never the key that was tried. Safe for many threads.
 */
final class Refusals {

    static final Duration LOGGED_EVERY = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(Refusals.class);

    private static final class Kind {
        private long total;
        private long unlogged;
        private boolean wasLogged;
        private long loggedMillis;
    }

    private final InstantSource clock;
    private final Map<Reason, Kind> kinds = new EnumMap<>(Reason.class);

    Refusals(InstantSource clock) {
        this.clock = clock;
    }

    void add(RefusedCall refused, String remoteAddress) {
        long calls = counted(refused.reason());
        if (calls > 0) {
            log.warn(
                    "event=calls_refused reason={} calls={} last_from={} last_key_id={}",
                    refused.reason().word(),
                    calls,
                    remoteAddress,
                    keyId(refused));
        }
    }

    private static @Nullable String keyId(RefusedCall refused) {
        var key = refused.key();
        return key == null ? null : key.value();
    }

    /** How many are to be logged now. */
    private synchronized long counted(Reason reason) {
        var kind = kinds.computeIfAbsent(reason, _ -> new Kind());
        kind.total++;
        kind.unlogged++;
        long now = clock.millis();
        // However far the clock was set: a log that falls silent would tell of peace.
        if (kind.wasLogged && Math.abs(now - kind.loggedMillis) < LOGGED_EVERY.toMillis()) {
            return 0;
        }
        kind.wasLogged = true;
        kind.loggedMillis = now;
        long calls = kind.unlogged;
        kind.unlogged = 0;
        return calls;
    }

    /** How many there were of each kind, since the start. */
    synchronized Map<Reason, Long> totals() {
        var totals = new EnumMap<Reason, Long>(Reason.class);
        kinds.forEach((reason, kind) -> totals.put(reason, kind.total));
        return totals;
    }

    /** Logs what was counted and not logged yet: there will be no more. */
    synchronized void logRest() {
        kinds.forEach((reason, kind) -> {
            if (kind.unlogged > 0) {
                log.warn("event=calls_refused reason={} calls={}", reason.word(), kind.unlogged);
                kind.unlogged = 0;
            }
        });
    }
}

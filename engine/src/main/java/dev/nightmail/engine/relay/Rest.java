package dev.nightmail.engine.relay;

import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long to wait before a provider is asked again: twice as long each time, within bounds. */
final class Rest {

    private static final Logger log = LoggerFactory.getLogger(Rest.class);

    private final RelaySettings settings;
    private final String upstream;
    private Duration next;
    private @Nullable String trouble;

    Rest(RelaySettings settings, String upstream) {
        this.settings = settings;
        this.upstream = upstream;
        this.next = settings.pollMin();
    }

    /**
     * @param why the provider could not be asked; null if it could
     */
    Duration next(@Nullable AttemptOutcome why) {
        tell(why);
        var wait = next;
        var doubled = next.multipliedBy(2);
        next = doubled.compareTo(settings.pollMax()) < 0 ? doubled : settings.pollMax();
        var asked = asked(why);
        return asked != null && asked.compareTo(wait) > 0 ? asked : wait;
    }

    private static @Nullable Duration asked(@Nullable AttemptOutcome why) {
        return switch (why) {
            case Throttled throttled -> throttled.retryAfter();
            case Failed(var _, var retryAfter, var _, var _) -> retryAfter;
            case Answered _, Refused _, Unreachable _, Barred _ -> null;
            case null -> null;
        };
    }

    /** Once for each kind of trouble: a provider that is away is asked again for hours. */
    private void tell(@Nullable AttemptOutcome why) {
        var reason = reason(why);
        if (reason != null && !reason.equals(trouble)) {
            if (why instanceof Barred) {
                log.error(
                        "event=upstream_unauthorized upstream={} reason=\"{}\"", upstream, reason);
            } else {
                log.warn("event=upstream_not_asked upstream={} reason=\"{}\"", upstream, reason);
            }
        }
        trouble = reason;
    }

    private static @Nullable String reason(@Nullable AttemptOutcome why) {
        return switch (why) {
            case Throttled _ -> "throttled";
            case Failed(var phase, var _, var _, var _) -> phase;
            case Unreachable(var phase, var _) -> phase;
            case Barred(var reason, var _) -> reason;
            case Refused _ -> "refused";
            case Answered _ -> null;
            case null -> null;
        };
    }
}

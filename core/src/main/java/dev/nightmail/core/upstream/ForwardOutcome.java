package dev.nightmail.core.upstream;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an interactive call went, as far as it tells of the upstream. Whatever a client is to know
 * has been passed on by then, unless the call was {@link Unreachable}.
 */
public sealed interface ForwardOutcome {

    /** The service answered, be it with a refusal of the request: it is there and has room. */
    record Answered() implements ForwardOutcome {}

    /** The service has no room now; as {@link AttemptOutcome.Throttled}. */
    record Throttled(@Nullable Duration retryAfter, Headroom headroom, boolean noPlace)
            implements ForwardOutcome {}

    /**
     * The service tried and failed (5xx), or the exchange broke when it may have begun to work.
     *
     * @param phase which step failed, in a word or two for logs
     */
    record Failed(String phase) implements ForwardOutcome {}

    /**
     * Nothing was sent, and nothing was passed on: another upstream may be asked instead.
     *
     * @param phase which step failed, as above
     * @param status with which the client is answered if there is no other
     * @param error a whole error response for it
     */
    record Unreachable(String phase, int status, JsonBytes error) implements ForwardOutcome {}

    /** The service does not serve us at all; as {@link AttemptOutcome.Barred}. */
    record Barred(String reason) implements ForwardOutcome {}

    /** It tells nothing: the service was not asked, or the client left before it had answered. */
    record NoNews() implements ForwardOutcome {}

    /** What an attempt that went like this says of the upstream. */
    static ForwardOutcome like(AttemptOutcome attempt) {
        return switch (attempt) {
            case AttemptOutcome.Answered _, AttemptOutcome.Refused _ -> new Answered();
            case AttemptOutcome.Throttled(var retryAfter, var _, var headroom, var noPlace) ->
                    new Throttled(retryAfter, headroom, noPlace);
            case AttemptOutcome.Failed(var phase, var _, var _) -> new Failed(phase);
            case AttemptOutcome.Unreachable(var phase, var error) ->
                    new Unreachable(phase, ErrorType.API_ERROR.status(), error);
            case AttemptOutcome.Barred(var reason) -> new Barred(reason);
        };
    }
}

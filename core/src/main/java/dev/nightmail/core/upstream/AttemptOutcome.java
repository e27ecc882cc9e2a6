package dev.nightmail.core.upstream;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Charge;
import dev.nightmail.core.usage.Usage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one try of one request at one upstream went. What to do next is read from the case, never
 * from a text.
 */
public sealed interface AttemptOutcome {

    /**
     * @param message the Message, its usage marked as {@code service_tier: batch}, ready to be a
     *     result
     * @param billing what the service itself said of its price, before it was so marked
     */
    record Answered(JsonBytes message, Usage usage, Billing billing, Headroom headroom)
            implements AttemptOutcome {}

    /**
     * The service will not answer this request, however often it is asked (4xx), or has answered it
     * with more than any client can read. The fault is the request's own.
     *
     * @param error a whole error response
     * @param charge for an answer that cannot be delivered
     */
    record Refused(JsonBytes error, Headroom headroom, Charge charge) implements AttemptOutcome {

        /** Nothing was answered. */
        public Refused(JsonBytes error, Headroom headroom) {
            this(error, headroom, Charge.NONE);
        }

        /** Refused by ourselves: no service was asked. */
        public Refused(JsonBytes error) {
            this(error, Headroom.UNTOLD);
        }
    }

    /**
     * The service has no room now (429, 529). No failure of the request: it does not count as one
     * of its attempts.
     *
     * @param retryAfter how long the service wants to be left alone; null if it did not say
     * @param error a whole error response, for the case that the batch ends before there is room
     * @param noPlace whether it works on as much as it can (529), rather than having taken as much
     *     from us as it allows in a while (429)
     */
    record Throttled(
            @Nullable Duration retryAfter, JsonBytes error, Headroom headroom, boolean noPlace)
            implements AttemptOutcome {

        /** A rate limit is used up. */
        public Throttled(@Nullable Duration retryAfter, JsonBytes error, Headroom headroom) {
            this(retryAfter, error, headroom, false);
        }
    }

    /**
     * The service tried and failed (5xx), or the exchange broke when it may have begun to work.
     *
     * @param phase which step failed, in a word or two for logs: {@code status 500}, {@code
     *     response timeout}, …
     * @param error a whole error response ({@code api_error}, {@code timeout_error}), should this
     *     have been the last try
     * @param mayHaveCost whether somebody may have to pay for it: the service finished an answer
     *     that cannot be used, or the exchange ended when the service may have been at work and
     *     nobody knows how far it got. An error status of the service's own is not charged for.
     *     What may have cost something counts as a try of its request however the service stands
     */
    record Failed(String phase, @Nullable Duration retryAfter, JsonBytes error, boolean mayHaveCost)
            implements AttemptOutcome {

        /** The service said itself that it failed, so it charges nothing. */
        public static Failed unpaid(String phase, @Nullable Duration retryAfter, JsonBytes error) {
            return new Failed(phase, retryAfter, error, false);
        }

        /** It may have to be paid for all the same. */
        public static Failed perhapsPaid(
                String phase, @Nullable Duration retryAfter, JsonBytes error) {
            return new Failed(phase, retryAfter, error, true);
        }
    }

    /**
     * Nothing was sent: no connection could be made. It cost nothing and counts as no attempt.
     *
     * @param phase which step failed, as above: {@code connect timeout}, {@code connection
     *     refused}, {@code tls handshake}
     */
    record Unreachable(String phase, JsonBytes error) implements AttemptOutcome {}

    /**
     * The service does not serve us, it seems, whatever the request: our credential is wrong or
     * revoked, our account is not in order, or what answered is not the API. It cost nothing. As
     * long as nobody else is served either, it counts as no attempt, and a person has to mend it.
     * If others are, it was the request after all.
     *
     * @param reason what came and what to look at, for the log: it may name configuration and
     *     addresses, which are not for clients, and never holds a credential
     * @param error a whole error response, should the request turn out to be at fault
     */
    record Barred(String reason, JsonBytes error) implements AttemptOutcome {}
}

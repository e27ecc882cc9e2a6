package dev.nightmail.pipeline.decide;

import dev.nightmail.pipeline.client.BatchSnapshot;
import java.time.Duration;
import java.time.Instant;

/** Where one batch stands, as the decider knows it. */
sealed interface Standing {

    /** What it was likely to cost when it was sent, as long as that is not known better. */
    long likelyMicros();

    /** Ready to be sent. */
    record Ready(int requests, long paramsBytes) implements Standing {
        @Override
        public long likelyMicros() {
            return 0;
        }
    }

    /** On its way. */
    record Sending(int requests, long paramsBytes, long likelyMicros) implements Standing {}

    /**
     * The endpoint may have it.
     *
     * @param looks how often it was looked for in vain
     * @param waited last, since a candidate for it had not ended
     * @param nextAt not before
     */
    record InDoubt(
            int requests,
            long paramsBytes,
            long likelyMicros,
            int looks,
            Duration waited,
            Instant nextAt)
            implements Standing {

        static InDoubt of(int requests, long paramsBytes, long likelyMicros) {
            return new InDoubt(requests, paramsBytes, likelyMicros, 0, Duration.ZERO, Instant.MIN);
        }

        InDoubt notThere(Instant next) {
            return new InDoubt(requests, paramsBytes, likelyMicros, looks + 1, Duration.ZERO, next);
        }

        InDoubt notToldYet(Duration pause, Instant next) {
            return new InDoubt(requests, paramsBytes, likelyMicros, looks, pause, next);
        }
    }

    /** The endpoint has it. */
    record Out(long likelyMicros) implements Standing {}

    /** It has ended; its results are due. */
    record Ended(long likelyMicros, BatchSnapshot seen) implements Standing {}

    /** Its results are being fetched. */
    record Fetching(long likelyMicros, BatchSnapshot seen, Lacked lacked) implements Standing {}

    /** Its results lack some. */
    record Lacking(long likelyMicros, BatchSnapshot seen, Lacked lacked) implements Standing {}

    /**
     * How its results lacked some before.
     *
     * @param since {@link Instant#MAX}: they did not
     */
    record Lacked(Instant since, Duration pause, Instant until) {
        static final Lacked NOT_YET = new Lacked(Instant.MAX, Duration.ZERO, Instant.MIN);

        boolean everDid() {
            return !since.equals(Instant.MAX);
        }
    }
}

package dev.nightmail.wire.json;

import dev.nightmail.wire.batch.CreateOutcome;
import dev.nightmail.wire.batch.CreateOutcome.Made;
import dev.nightmail.wire.batch.CreateOutcome.NoBatch;
import dev.nightmail.wire.batch.CreateOutcome.Refused;
import dev.nightmail.wire.batch.CreateOutcome.TurnedAway;
import dev.nightmail.wire.batch.CreateOutcome.Unproven;
import dev.nightmail.wire.error.ErrorMeaning;
import dev.nightmail.wire.error.ErrorMeaning.Failed;
import dev.nightmail.wire.error.ErrorMeaning.Fault;
import dev.nightmail.wire.error.ErrorMeaning.Lost;
import dev.nightmail.wire.error.ErrorMeaning.NoRoom;
import dev.nightmail.wire.error.ErrorMeaning.OfRequest;
import dev.nightmail.wire.error.ErrorMeaning.Ours;
import dev.nightmail.wire.error.ErrorReading;
import dev.nightmail.wire.error.HeaderLookup;
import java.util.Set;

/** Judges what the answer to a create proves: see {@link CreateOutcome}. */
public final class CreateReading {

    private static final int TOO_LARGE = 413;
    private static final int NO_ROOM = 503;

    /** A disk that is full has kept nothing. */
    private static final int INSUFFICIENT_STORAGE = 507;

    private CreateReading() {}

    /**
     * Judges a whole answer.
     *
     * @param status any
     * @param body as far as it was read; more than a megabyte is no batch and no API's error
     */
    public static CreateOutcome answered(int status, HeaderLookup headers, byte[] body) {
        if (status >= 200 && status < 300) {
            return BatchReading.batch(body)
                    .<CreateOutcome>map(Made::new)
                    .orElseGet(() -> new NoBatch(status));
        }
        return refused(ErrorReading.read(status, headers, body));
    }

    /** Judges an answer that is no success, by what it means. */
    public static CreateOutcome refused(ErrorMeaning meaning) {
        if (meaning.isInTheApisWords()) {
            return said(meaning);
        }
        // Whoever counts the bytes stops before the last: no whole body went on.
        return meaning instanceof OfRequest ofRequest && ofRequest.status() == TOO_LARGE
                ? new Refused(ofRequest, Set.of())
                : new Unproven(meaning);
    }

    private static CreateOutcome said(ErrorMeaning meaning) {
        return switch (meaning) {
            case Ours _, NoRoom _ -> new TurnedAway(meaning);
            case Failed _ when isBeforeTheWork(meaning.status()) -> new TurnedAway(meaning);
            case OfRequest ofRequest
                    when ofRequest.status() < 500 && ofRequest.fault() != Fault.NOT_TO_BE_RETRIED ->
                    new Refused(ofRequest, FaultyRequests.in(ofRequest.error().message()));
            // A fault, a time-out or a conflict may come after the batch is there.
            case OfRequest _, Failed _, Lost _ -> new Unproven(meaning);
        };
    }

    private static boolean isBeforeTheWork(int status) {
        return status == NO_ROOM || status == INSUFFICIENT_STORAGE;
    }
}

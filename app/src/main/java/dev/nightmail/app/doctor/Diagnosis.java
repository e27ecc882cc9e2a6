package dev.nightmail.app.doctor;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.journal.finding.Finding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found in a data folder.
 *
 * @param batches that were looked at
 * @param results of all of them
 * @param lost results that can only be written off
 */
public record Diagnosis(List<Found> all, int batches, long results, int lost) {

    public Diagnosis {
        all = List.copyOf(all);
    }

    /**
     * @param batch whose folder or row it is; null if it is no single batch's
     */
    public record Found(@Nullable BatchId batch, Finding finding) {}

    /** What is lost or changed, rather than left of a crash. */
    public long damages() {
        return all.stream().filter(found -> found.finding().isDamage()).count();
    }

    /** How many of the damages a repair mends. */
    public long repairable() {
        return all.stream()
                .filter(found -> found.finding().isDamage() && found.finding().isRepairable())
                .count();
    }

    /** What was found here, could be repaired, and is not found any more. */
    public List<Found> repairedIn(Diagnosis later) {
        return all.stream()
                .filter(found -> found.finding().isRepairable() && !later.all.contains(found))
                .toList();
    }
}

package dev.nightmail.core.ledger;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.usage.Tally;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/**
 * What one batch used at one tariff. Written once, when the batch has ended.
 *
 * @param day of the batch's end, UTC
 */
public record LedgerEntry(
        BatchId batch, WorkspaceId workspace, KeyId key, LocalDate day, Tally tally) {

    /** The entries of a batch that ended then, one for each of its tallies. */
    public static List<LedgerEntry> of(BatchHeader header, Instant endedAt, List<Tally> usage) {
        var day = LocalDate.ofInstant(endedAt, ZoneOffset.UTC);
        return usage.stream()
                .map(tally ->
                        new LedgerEntry(header.id(), header.workspace(), header.key(), day, tally))
                .toList();
    }
}

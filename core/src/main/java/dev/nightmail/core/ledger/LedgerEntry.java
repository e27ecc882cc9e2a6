package dev.nightmail.core.ledger;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.usage.Tally;
import java.time.LocalDate;

/**
 * What one batch used at one tariff. Written once, when the batch has ended.
 *
 * @param day of the batch's end, UTC
 */
public record LedgerEntry(
        BatchId batch, WorkspaceId workspace, KeyId key, LocalDate day, Tally tally) {}

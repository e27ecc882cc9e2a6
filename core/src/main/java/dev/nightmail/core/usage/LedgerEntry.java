package dev.nightmail.core.usage;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.WorkspaceId;
import dev.nightmail.core.key.KeyId;
import java.time.LocalDate;

/**
 * What one batch used at one tariff. Written once, when the batch has ended.
 *
 * @param day of the batch's end, UTC
 */
public record LedgerEntry(
        BatchId batch, WorkspaceId workspace, KeyId key, LocalDate day, Tally tally) {}

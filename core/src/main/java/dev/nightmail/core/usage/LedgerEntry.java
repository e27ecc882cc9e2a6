package dev.nightmail.core.usage;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.WorkspaceId;
import dev.nightmail.core.key.KeyId;
import java.time.LocalDate;

/**
 * What one batch used of one model. Written once, when the batch has ended; writing it again
 * changes nothing.
 *
 * @param day of the batch's end, UTC
 * @param requests how many of them succeeded, which is what is billed
 */
public record LedgerEntry(
        BatchId batch,
        WorkspaceId workspace,
        KeyId key,
        String model,
        LocalDate day,
        long requests,
        Usage usage) {}

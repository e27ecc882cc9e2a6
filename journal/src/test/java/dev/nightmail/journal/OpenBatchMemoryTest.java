package dev.nightmail.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.Journal.OpenBatch;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of small batches may wait for an upstream that is away. */
class OpenBatchMemoryTest {

    private static final int BATCHES = 100;
    private static final int BATCH_BYTES_MAX = 16 * 1024;

    @Test
    void aBatchThatWaitsTakesLittleMemory(@TempDir Path data) {
        var journal = FileJournal.open(data);
        for (int i = 0; i < BATCHES; i++) {
            Samples.create(journal, new BatchId("msgbatch_" + i), 1);
        }

        var opened = new ArrayList<OpenBatch>();
        long before = usedBytes();
        for (int i = 0; i < BATCHES; i++) {
            opened.add(journal.open(new BatchId("msgbatch_" + i)));
        }
        long taken = usedBytes() - before;
        opened.forEach(OpenBatch::close);

        assertThat(taken).isLessThan((long) BATCHES * BATCH_BYTES_MAX);
    }

    private static long usedBytes() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}

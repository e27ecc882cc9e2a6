package dev.nightmail.journal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.journal.JournalException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderLockTest {

    @TempDir Path parent;

    @Test
    void aSecondHolderIsToldWhoTheFirstIs() {
        var data = parent.resolve("data");
        try (var _ = DataFolderLock.acquire(data)) {
            assertThatThrownBy(() -> DataFolderLock.acquire(data))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining(data.toString())
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void theFolderCanBeTakenAgainWhenItWasGivenBack() {
        DataFolderLock.acquire(parent).close();
        DataFolderLock.acquire(parent).close();
    }
}

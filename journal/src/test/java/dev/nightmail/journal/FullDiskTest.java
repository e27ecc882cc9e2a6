package dev.nightmail.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nightmail.core.journal.StorageFullException;
import dev.nightmail.journal.disk.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {

    /** A file of Linux's that takes no byte, since the disk is full. */
    private static final Path FULL = Path.of("/dev/full");

    @TempDir Path folder;

    @Test
    void wantOfRoomIsToldByType() throws IOException {
        assumeTrue(Files.exists(FULL), FULL + " is not here");

        try (var file = new LocalDisk().openToWrite(FULL)) {
            assertThatThrownBy(() -> file.write(ByteBuffer.wrap(new byte[10]), 0))
                    .isInstanceOf(StorageFullException.class)
                    .hasMessage("no room left on the disk");
        }
    }

    @Test
    void otherFailuresKeepTheirOwnName() {
        var below = folder.resolve("a file").resolve("below it");

        assertThatThrownBy(
                        () -> {
                            Files.createFile(folder.resolve("a file"));
                            new LocalDisk().openToWrite(below);
                        })
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(StorageFullException.class);
    }

    @Test
    void itIsFoundBehindWhateverItMadeFail() {
        var full = new StorageFullException("no room left on the disk", null);

        assertThat(StorageFullException.isBehind(new IllegalStateException(new IOException(full))))
                .isTrue();
        assertThat(StorageFullException.isBehind(new IllegalStateException(new IOException())))
                .isFalse();
    }
}

package dev.nightmail.journal.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFileTest {

    private final Fence fence = new Fence(new LocalDisk());

    @Test
    void aFileThatIsGoneWhenAnInterruptedReadOpensItAgainIsNeitherMadeNorReadElsewhere(
            @TempDir Path folder) throws IOException {
        var path = folder.resolve("file");
        try (var file = fence.openToWrite(path)) {
            file.write(ByteBuffer.wrap(new byte[] {1}), 0);
            var other = Files.write(folder.resolve("other"), new byte[] {2});
            Files.delete(path);

            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0))
                    .isInstanceOf(IOException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(path).doesNotExist();

            Files.move(other, path);
            assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith("was removed or replaced");
        }
    }

    @Test
    void aByteIsSetAlsoBehindAFenceUntilItIsRaised(@TempDir Path folder) throws IOException {
        var path = folder.resolve("file");
        try (var file = fence.openToWrite(path)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 1}), 0);

            file.set((byte) 7, 1);
            fence.raise();

            assertThatThrownBy(() -> file.set((byte) 8, 0)).isInstanceOf(IOException.class);
            assertThat(Files.readAllBytes(path)).containsExactly(1, 7);
        }
    }

    @Test
    void aByteThatIsNotThereIsNotSet(@TempDir Path folder) throws IOException {
        try (var file = fence.openToWrite(folder.resolve("file"))) {
            assertThatThrownBy(() -> file.set((byte) 7, 0)).isInstanceOf(IOException.class);
        }
    }
}

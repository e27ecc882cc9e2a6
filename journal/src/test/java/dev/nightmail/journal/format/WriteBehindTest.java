package dev.nightmail.journal.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.disk.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteBehindTest {

    private static final int BLOCK_BYTES = 256;
    private static final int LARGE_BLOCK_BYTES = 16 * 1024 * 1024;
    private static final Executor OTHER_THREADS = Thread::startVirtualThread;

    @TempDir private Path folder;

    @Test
    void linesWrittenByOtherThreadsLieWhereTheyWereSaidTo() throws IOException {
        var random = new SplittableRandom(3);
        var path = folder.resolve("lines");
        var expected = new StringBuilder();
        try (var file = new LocalDisk().openToWrite(path)) {
            var behind = new WriteBehind(file, BLOCK_BYTES, OTHER_THREADS);
            var lines = new LineWriter(behind, 0, BLOCK_BYTES);
            for (int number = 0; number < 2_000; number++) {
                var text = number + "x".repeat(random.nextInt(2 * BLOCK_BYTES));
                lines.put(text);
                assertThat(lines.end().offset()).isEqualTo(expected.length());
                expected.append(text).append('\n');
            }
            lines.flush();
            behind.force();
        }

        assertThat(Files.readString(path, UTF_8)).isEqualTo(expected.toString());
    }

    @Test
    void aWriteThatFailsIsToldByEveryCallAfterIt() throws IOException {
        var file = new FailingFile();
        file.failingWrite = 2;
        var behind = new WriteBehind(file, BLOCK_BYTES, OTHER_THREADS);
        var block = behind.take(new byte[BLOCK_BYTES], BLOCK_BYTES, 0);
        block = behind.take(block, BLOCK_BYTES, BLOCK_BYTES);
        var third = block;

        assertThatThrownBy(() -> behind.take(third, BLOCK_BYTES, 2 * BLOCK_BYTES))
                .isInstanceOf(IOException.class)
                .hasMessage("write 2 fails");
        assertThatThrownBy(behind::force).hasMessage("write 2 fails");
        behind.settle();
        assertThat(file.writes).isEqualTo(2);
    }

    @Test
    void aFlushThatFailsOnTheWayIsNotMadeGoodByOneThatSucceeds() throws IOException {
        var file = new FailingFile();
        file.failingForce = 1;
        var behind = new WriteBehind(file, LARGE_BLOCK_BYTES, Runnable::run);
        var block = behind.take(new byte[LARGE_BLOCK_BYTES], LARGE_BLOCK_BYTES, 0);
        behind.take(block, LARGE_BLOCK_BYTES, LARGE_BLOCK_BYTES);
        assertThat(file.forces).isEqualTo(1);

        assertThatThrownBy(behind::force)
                .isInstanceOf(IOException.class)
                .hasMessage("force 1 fails");
    }

    @Test
    void nothingIsUnderWayOnceItHasSettled() throws Exception {
        var file = new FailingFile();
        var mayWrite = new CountDownLatch(1);
        var behind =
                new WriteBehind(
                        file,
                        BLOCK_BYTES,
                        work ->
                                Thread.startVirtualThread(() -> {
                                    awaitQuietly(mayWrite);
                                    work.run();
                                }));
        behind.take(new byte[BLOCK_BYTES], BLOCK_BYTES, 0);
        var settling = Thread.ofPlatform().start(behind::settle);

        assertThat(file.writes).isZero();
        mayWrite.countDown();
        settling.join();

        assertThat(file.writes).isEqualTo(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Keeps nothing, counts, and fails when it is told to. */
    private static final class FailingFile implements DiskFile {
        private volatile int writes;
        private volatile int forces;
        private int failingWrite;
        private int failingForce;

        @Override
        public long length() {
            return 0;
        }

        @Override
        public int read(ByteBuffer target, long position) {
            return 0;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            int number = writes + 1;
            writes = number;
            if (number == failingWrite) {
                throw new IOException("write " + number + " fails");
            }
        }

        @Override
        public void force() throws IOException {
            int number = forces + 1;
            forces = number;
            if (number == failingForce) {
                throw new IOException("force " + number + " fails");
            }
        }

        @Override
        public void truncate(long length) {}

        @Override
        public void close() {}
    }
}

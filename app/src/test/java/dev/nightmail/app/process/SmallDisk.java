package dev.nightmail.app.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A folder that is a file system of its own, of a few megabytes. Only root can make one, and not
 * everywhere: where it cannot be made, the test that asks for it is skipped.
 */
final class SmallDisk implements AutoCloseable {

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    static SmallDisk mount(Path folder, int megabytes) throws IOException {
        Files.createDirectories(folder);
        boolean mounted =
                succeeds("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder);
        assumeTrue(mounted, "no file system can be mounted here");
        return new SmallDisk(folder);
    }

    private static boolean succeeds(Object... command) throws IOException {
        var words = Arrays.stream(command).map(Object::toString).toList();
        try {
            var process = new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (IOException e) {
            return false;
        }
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        if (!succeeds("umount", folder)) {
            throw new IOException("cannot unmount " + folder);
        }
    }
}

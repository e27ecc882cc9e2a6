package dev.nightmail.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Processor time of small work: the system counts whole processes in hundredths of a second. */
final class ThreadTimes {

    private ThreadTimes() {}

    /** Of all threads that live; nothing where the system does not tell. */
    static Duration of(long pid) {
        long nanos = 0;
        try (var threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (var thread : (Iterable<Path>) threads::iterator) {
                nanos += nanosOf(thread);
            }
        } catch (IOException _) {
            // Not a Linux, or the process is gone.
        }
        return Duration.ofNanos(nanos);
    }

    private static long nanosOf(Path thread) {
        try {
            return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]);
        } catch (IOException _) {
            // It has ended meanwhile.
            return 0;
        }
    }
}

package dev.nightmail.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An amount of memory or data; negative where the system does not tell. */
public record Bytes(long count) {

    static Bytes residentMax(long pid) {
        return fromProc(Path.of("/proc", Long.toString(pid), "status"), "VmHWM:");
    }

    static Bytes resident(long pid) {
        return fromProc(Path.of("/proc", Long.toString(pid), "status"), "VmRSS:");
    }

    static Bytes ofMachine() {
        return fromProc(Path.of("/proc/meminfo"), "MemTotal:");
    }

    private static Bytes fromProc(Path file, String field) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(field))
                    .map(line -> new Bytes(1024 * Long.parseLong(line.replaceAll("[^0-9]", ""))))
                    .findFirst()
                    .orElse(new Bytes(-1));
        } catch (IOException _) {
            // Not a Linux, or the process is gone.
            return new Bytes(-1);
        }
    }

    public double megabytes() {
        return count / 1e6;
    }

    @Override
    public String toString() {
        return count < 0 ? "unknown" : "%,.0f MB".formatted(megabytes());
    }
}

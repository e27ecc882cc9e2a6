package dev.nightmail.app.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a process prints, line by line, as it comes. */
final class Lines {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    private Lines() {}

    static Lines of(BufferedReader stream) {
        var lines = new Lines();
        Thread.ofVirtual().name("process-output").start(() -> lines.readAll(stream));
        return lines;
    }

    private void readAll(BufferedReader stream) {
        try (stream) {
            for (var line = stream.readLine(); line != null; line = stream.readLine()) {
                add(line);
            }
        } catch (IOException _) {
            // A killed process closes its end as it likes.
        } finally {
            end();
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized List<String> soFar() {
        return List.copyOf(lines);
    }

    /** The first line that contains a text. */
    synchronized String await(String text) {
        for (int seen = 0; ; seen++) {
            awaitMoreThan(seen);
            if (seen == lines.size()) {
                throw new AssertionError("ended without \"" + text + "\" after " + lines);
            }
            if (lines.get(seen).contains(text)) {
                return lines.get(seen);
            }
        }
    }

    /** Everything, once there will be no more. */
    synchronized List<String> all() {
        awaitMoreThan(Integer.MAX_VALUE);
        return List.copyOf(lines);
    }

    private synchronized void awaitMoreThan(int count) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (lines.size() <= count && !ended) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new AssertionError("nothing more came after " + lines);
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}

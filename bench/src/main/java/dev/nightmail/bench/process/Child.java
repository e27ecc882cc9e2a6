package dev.nightmail.bench.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.bench.measure.BenchmarkFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that we started: what it says, what it costs, its end. */
public final class Child implements AutoCloseable {

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(40);

    /** Stands for the end of what the process says. */
    private static final String END = "\u0000";

    private final String name;
    private final Path errors;
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Child(String name, Path errors, Process process) {
        this.name = name;
        this.errors = errors;
        this.process = process;
    }

    /**
     * @param folder takes what the process writes to its standard error
     */
    static Child start(
            String name, List<String> command, Map<String, String> environment, Path folder)
            throws IOException {
        var errors = folder.resolve(name + ".log");
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
        var child = new Child(name, errors, builder.start());
        Thread.ofPlatform().daemon().name("output of " + name).start(child::collectLines);
        return child;
    }

    private void collectLines() {
        try (var reader = new BufferedReader(process.inputReader(UTF_8))) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException _) {
            // It was killed; what it said until then is there.
        } finally {
            lines.add(END);
        }
    }

    /**
     * The rest of the next line that begins like this.
     *
     * @throws BenchmarkFailure if it does not come in time, with the last words of the process
     */
    public String awaitLine(String beginning, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw failure("did not say \"" + beginning + "\" within " + patience);
            }
            if (line.equals(END)) {
                lines.add(END);
                throw failure("ended before it said \"" + beginning + "\"");
            }
            if (line.startsWith(beginning)) {
                return line.substring(beginning.length());
            }
        }
    }

    /**
     * The next line, or none if it has ended and said no more.
     *
     * @throws BenchmarkFailure if neither comes in time
     */
    public Optional<String> nextLine(Duration patience) throws InterruptedException {
        var line = lines.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (line == null) {
            throw failure("said nothing for " + patience);
        }
        if (line.equals(END)) {
            lines.add(END);
            return Optional.empty();
        }
        return Optional.of(line);
    }

    /**
     * Waits for its end.
     *
     * @throws BenchmarkFailure if it does not come in time, or with another exit code
     */
    public void requireExit(int code, Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw failure("did not end within " + patience);
        }
        if (process.exitValue() != code) {
            throw failure("ended with exit code " + process.exitValue());
        }
    }

    /** Writes a line to its standard input. */
    public void tell(String line) throws IOException {
        Writer writer = process.outputWriter(UTF_8);
        writer.write(line + "\n");
        writer.flush();
    }

    /**
     * @throws BenchmarkFailure if the process is gone, as it is after it ran out of memory
     */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw failure("ended with exit code " + process.exitValue());
        }
    }

    private BenchmarkFailure failure(String what) {
        return new BenchmarkFailure(name + " " + what + lastWords());
    }

    private String lastWords() {
        try {
            var all = Files.readAllLines(errors);
            var last = all.subList(Math.max(0, all.size() - 12), all.size());
            return last.isEmpty() ? "" : "; its last words:\n" + String.join("\n", last);
        } catch (IOException e) {
            throw new UncheckedIOException("the errors of " + name + " cannot be read", e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Processor time used so far, in user and system mode, by all its threads and the processes
     * that it started and that still run.
     */
    public Duration cpu() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .map(running -> running.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** The same of the process alone, to the nanosecond, less the threads that have ended. */
    public Duration cpuOfThreads() {
        return ThreadTimes.of(process.pid());
    }

    /** The most memory that was resident so far, as the system counts it. */
    public Bytes residentMax() {
        return Bytes.residentMax(process.pid());
    }

    /** The memory that is resident now. */
    public Bytes resident() {
        return Bytes.resident(process.pid());
    }

    /** SIGKILL: no last words, no clean-up. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Asks it to end, and insists when it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                kill();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

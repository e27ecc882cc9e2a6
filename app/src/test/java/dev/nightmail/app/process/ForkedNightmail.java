package dev.nightmail.app.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.app.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One process of the program, with this test's class path and a clean environment. Closing it kills
 * it if it still runs.
 */
final class ForkedNightmail implements AutoCloseable {

    private static final String READY = "Nightmail is ready at ";

    /** More than anything here takes on a busy machine. */
    private static final int PATIENCE_SECONDS = 60;

    /** For processes that live for seconds. */
    private static final List<String> SHORT_LIVED =
            List.of(
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xshare:auto",
                    "-Xlog:disable",
                    "-Xmx256m");

    private static final Set<String> KEPT_VARIABLES = Set.of("PATH", "HOME", "LANG", "TMPDIR");

    private final Process process;
    private final Lines out;
    private final Lines err;

    private ForkedNightmail(Process process) {
        this.process = process;
        this.out = Lines.of(process.inputReader(UTF_8));
        this.err = Lines.of(process.errorReader(UTF_8));
    }

    /** Any command. */
    static ForkedNightmail run(Map<String, String> variables, String... arguments) {
        return fork(Main.class, variables, List.of(arguments));
    }

    /** Another program with the same parts. */
    static ForkedNightmail fork(
            Class<?> main, Map<String, String> variables, List<String> arguments) {
        var command = new ArrayList<>(java());
        command.addAll(WarmClasses.javaOptions());
        command.add(main.getName());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().retainAll(KEPT_VARIABLES);
        builder.environment().putAll(variables);
        try {
            return new ForkedNightmail(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The JVM of this test, set up for processes that live for seconds. */
    static List<String> java() {
        var java = new ArrayList<String>();
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.addAll(SHORT_LIVED);
        java.add("--enable-native-access=ALL-UNNAMED");
        return java;
    }

    static ForkedNightmail run(String... arguments) {
        return run(Map.of(), arguments);
    }

    /** A command on a data folder. */
    static ForkedNightmail runOn(Path data, String command, String... more) {
        var arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("--data", data.toString()));
        return run(arguments.toArray(String[]::new));
    }

    /** A server on a free port that need not come up. */
    static ForkedNightmail serve(Path data, String... more) {
        var arguments = new ArrayList<>(List.of("--port", "0"));
        arguments.addAll(List.of(more));
        return runOn(data, "serve", arguments.toArray(String[]::new));
    }

    /** A server that is up and takes its answers from an upstream. */
    static ForkedNightmail serving(Path data, HeldUpstream upstream, String... more) {
        var server = starting(data, upstream, more);
        server.baseUri();
        return server;
    }

    /** The same, which may not be up yet. */
    static ForkedNightmail starting(Path data, HeldUpstream upstream, String... more) {
        var arguments =
                new ArrayList<>(
                        List.of(
                                "--upstream",
                                upstream.uri().toString(),
                                "--set",
                                "upstreams.upstream.calls-in-flight-max="
                                        + HeldUpstream.CALLS_IN_FLIGHT_MAX));
        arguments.addAll(List.of(more));
        return serve(data, arguments.toArray(String[]::new));
    }

    /** Writes a line to its standard input. */
    void tell(String line) {
        try {
            var in = process.outputWriter(UTF_8);
            in.write(line + "\n");
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first line on standard output that has this text, once it is there. */
    String awaitOutput(String text) {
        return out.await(text);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Where the server answers, once it says so. */
    URI baseUri() {
        return URI.create(out.await(READY).substring(READY.length()));
    }

    /** The first line on standard error that has this text, once it is there. */
    String awaitError(String text) {
        return err.await(text);
    }

    /** All of standard output, once the process has ended. */
    List<String> output() {
        return out.all();
    }

    /** All of standard error, once the process has ended. */
    List<String> errors() {
        return err.all();
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL: when this returns, the process is gone. */
    void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGTERM. Not by {@link Process#destroy}, which also closes our ends of the output. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Waits for its end, no longer than this, and says whether it has come. */
    boolean endsWithin(Duration patience) {
        try {
            return process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    int awaitExit() {
        return awaitExit(Duration.ofSeconds(PATIENCE_SECONDS));
    }

    int awaitExit(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the process does not end; it said " + err.soFar());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}

package dev.nightmail.app;

import dev.nightmail.app.command.Shutdown;
import dev.nightmail.app.server.SimulatedServer;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.surroundings.Terminal;
import dev.nightmail.pipeline.client.Pause;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;

/**
 * Somebody at the command line of the whole program: arguments in, streams and an exit code out.
 */
public final class AppSession {

    /** What the clock shows first; a second passes each time somebody looks. */
    static final Instant START = Instant.parse("2026-11-21T13:00:00.123456Z");

    /** More than anything here takes on a busy machine. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Random random = new Random(7);
    private InstantSource clock = new SteppingClock();

    public AppSession(Path folder) {
        this.folder = folder;
    }

    AppSession with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    AppSession with(InstantSource other) {
        clock = other;
        return this;
    }

    /** A file in the folder the session is in. */
    public Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command to its end, which nobody asks for; gives the exit code. */
    public int run(String... arguments) {
        return run(_ -> {}, arguments);
    }

    int run(Shutdown shutdown, String... arguments) {
        out.reset();
        err.reset();
        var surroundings =
                new Surroundings(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Terminal.none(),
                        environment,
                        folder,
                        clock,
                        Pause.parking(),
                        random,
                        new SimulatedServer(clock),
                        Surroundings.CLAUDE);
        return RootCommand.commandLine(surroundings, shutdown, arguments).execute(arguments);
    }

    private static final class SteppingClock implements InstantSource {

        private Instant next = START;

        @Override
        public synchronized Instant instant() {
            var now = next;
            next = now.plusSeconds(1);
            return now;
        }
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    List<String> outLines() {
        return out().lines().toList();
    }

    public String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** Waits for the first line of the command's result. */
    String awaitLine() {
        Awaitility.await().atMost(PATIENCE).until(() -> out().contains("\n"));
        return outLines().getFirst();
    }
}

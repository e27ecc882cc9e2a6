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
final class AppSession {

    /** When the first command of a session runs; a second passes before each that follows. */
    static final Instant START = Instant.parse("2026-11-21T13:00:00.123456Z");

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Random random = new Random(7);
    private Instant now = START.minusSeconds(1);

    AppSession(Path folder) {
        this.folder = folder;
    }

    AppSession with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** A file in the folder the session is in. */
    Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command to its end, which nobody asks for; gives the exit code. */
    int run(String... arguments) {
        return run(_ -> {}, arguments);
    }

    int run(Shutdown shutdown, String... arguments) {
        out.reset();
        err.reset();
        now = now.plusSeconds(1);
        var clock = InstantSource.fixed(now);
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
        return RootCommand.commandLine(surroundings, shutdown).execute(arguments);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    List<String> outLines() {
        return out().lines().toList();
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** Waits for the first line of the command's result. */
    String awaitLine() {
        Awaitility.await().until(() -> out().contains("\n"));
        return outLines().getFirst();
    }
}

package dev.nightmail.cli;

import dev.nightmail.cli.surroundings.EmbeddedServer;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.surroundings.Terminal;
import dev.nightmail.pipeline.client.Pause;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** A person or a script at the command line: arguments in, streams and an exit code out. */
public final class CommandLineSession {

    @Command(name = "nightmail", description = "All of it.")
    private static final class Root {}

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-21T13:00:00Z"));
    private final InstantSource clock = now::get;
    private Pause pause = duration -> now.updateAndGet(time -> time.plus(duration));
    private Terminal terminal = Terminal.none();
    private String input = "";
    private URI claude = Surroundings.CLAUDE;
    private EmbeddedServer embeddedServer =
            _ -> {
                throw new AssertionError("no embedded server is wanted here");
            };
    private String out = "";
    private String err = "";

    public CommandLineSession(Path folder) {
        this.folder = folder;
    }

    public CommandLineSession with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public CommandLineSession with(EmbeddedServer server) {
        embeddedServer = server;
        return this;
    }

    /** What the word claude leads to. */
    public CommandLineSession withClaudeAt(URI base) {
        claude = base;
        return this;
    }

    /** Somebody sits there, and types this when asked. */
    public CommandLineSession atTerminal(String typed) {
        terminal = new Terminal(true, true, true, () -> 100);
        input = typed;
        return this;
    }

    /** Another program writes this into standard input. */
    public CommandLineSession piped(String written) {
        input = written;
        return this;
    }

    public CommandLineSession whenWaiting(Pause other) {
        pause = other;
        return this;
    }

    public CommandLineSession file(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The exit code. */
    public int run(String... arguments) {
        var outBytes = new ByteArrayOutputStream();
        var errBytes = new ByteArrayOutputStream();
        var surroundings =
                new Surroundings(
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                        new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                        terminal,
                        environment,
                        folder,
                        clock,
                        pause,
                        new Random(7),
                        embeddedServer,
                        claude);
        var root = new CommandLine(new Root());
        Commands.addTo(root, surroundings);
        Commands.giveManners(root, surroundings);
        var code = root.execute(arguments);
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return code;
    }

    public String out() {
        return out;
    }

    public String err() {
        return err;
    }

    public List<String> outLines() {
        return out.lines().toList();
    }
}

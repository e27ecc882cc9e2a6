package dev.nightmail.cli.surroundings;

import dev.nightmail.cli.text.Shown;
import dev.nightmail.pipeline.client.Pause;
import dev.nightmail.pipeline.run.RunEnvironment;
import dev.nightmail.pipeline.streams.StandardStreams;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The world around the commands.
 *
 * @param out UTF-8; results only, so that it can be piped
 * @param bytes standard output too, for rows: a write that fails is an exception here, which {@code
 *     out} keeps to itself
 * @param err UTF-8; progress, questions and errors
 * @param environment environment variables
 * @param folder the folder the process runs in: relative paths start there, and paths below it are
 *     shown short
 * @param random source of idempotency keys and jitter: a {@code SecureRandom}
 * @param claude where the word {@code claude} leads: {@link #CLAUDE}, unless it is a test
 */
public record Surroundings(
        InputStream in,
        PrintStream out,
        OutputStream bytes,
        PrintStream err,
        Terminal terminal,
        Map<String, String> environment,
        Path folder,
        InstantSource clock,
        Pause pause,
        RandomGenerator random,
        EmbeddedServer embeddedServer,
        URI claude) {

    public static final URI CLAUDE = URI.create("https://api.anthropic.com");

    public Surroundings {
        environment = Map.copyOf(environment);
        folder = folder.toAbsolutePath().normalize();
    }

    /** Where a write to standard output that fails need not be noticed. */
    public Surroundings(
            InputStream in,
            PrintStream out,
            PrintStream err,
            Terminal terminal,
            Map<String, String> environment,
            Path folder,
            InstantSource clock,
            Pause pause,
            RandomGenerator random,
            EmbeddedServer embeddedServer,
            URI claude) {
        this(
                in,
                out,
                out,
                err,
                terminal,
                environment,
                folder,
                clock,
                pause,
                random,
                embeddedServer,
                claude);
    }

    /** An environment variable; one that is set to nothing counts as not set. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /** What of it a run of a pipeline needs. */
    public RunEnvironment runEnvironment() {
        return RunEnvironment.of(clock, pause, random)
                .withStreams(
                        new StandardStreams(
                                in,
                                terminal.input(),
                                terminal.output() ? Shown.stream(bytes) : bytes));
    }

    /** A path as a person would write it here: relative when it is below this folder. */
    public String shown(Path path) {
        var absolute = folder.resolve(path).normalize();
        return absolute.startsWith(folder) && !absolute.equals(folder)
                ? folder.relativize(absolute).toString()
                : absolute.toString();
    }
}

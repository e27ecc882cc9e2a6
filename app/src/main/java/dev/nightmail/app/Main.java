package dev.nightmail.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.app.server.SimulatedServer;
import dev.nightmail.cli.PoliteStop;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.surroundings.Terminal;
import dev.nightmail.pipeline.client.Pause;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;

/** Where the process begins: hands the real surroundings to the commands. */
public final class Main {

    /** Time for a stopped command to say what became of its work. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    /** Commands that run until they are told to stop. */
    private static final Set<String> SERVERS = Set.of("serve", "simulator");

    private Main() {}

    public static void main(String[] arguments) {
        var args = withHelpAsOption(arguments);
        // Before the first logger: only a server tells of the life of its batches.
        boolean isServer = args.length > 0 && SERVERS.contains(args[0]);
        System.setProperty("nightmail.log", isServer ? "INFO" : "WARN");
        NativeLibraries.prepare(System.getenv());
        var commands = RootCommand.commandLine(surroundings(), Main::whenToldToEnd, args);
        System.exit(
                isServer
                        ? commands.execute(args)
                        : PoliteStop.during(() -> commands.execute(args), STOP_PATIENCE));
    }

    /** {@code help keys create} is {@code keys create --help}, as other programs have it. */
    static String[] withHelpAsOption(String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals("help")) {
            return arguments;
        }
        var command = new ArrayList<>(List.of(arguments).subList(1, arguments.length));
        command.add("--help");
        return command.toArray(String[]::new);
    }

    private static Surroundings surroundings() {
        var clock = InstantSource.system();
        return new Surroundings(
                // A channel, unlike System.in, is left when the command is told to stop.
                Channels.newInputStream(new FileInputStream(FileDescriptor.in).getChannel()),
                stream(FileDescriptor.out),
                Channels.newOutputStream(new FileOutputStream(FileDescriptor.out).getChannel()),
                stream(FileDescriptor.err),
                terminal(),
                System.getenv(),
                Path.of(""),
                clock,
                Pause.parking(),
                new SecureRandom(),
                new SimulatedServer(clock),
                Surroundings.CLAUDE);
    }

    /**
     * The launcher says which streams are terminals, and how wide: Java can tell only of all at
     * once.
     */
    private static Terminal terminal() {
        var terminals = Optional.ofNullable(System.getenv("NIGHTMAIL_TERMINALS")).orElse("");
        return new Terminal(
                terminals.contains("0"),
                terminals.contains("1"),
                terminals.contains("2"),
                Main::columns);
    }

    private static int columns() {
        return TerminalWidth.now().orElseGet(Main::columnsAtStart);
    }

    private static int columnsAtStart() {
        var columns = Optional.ofNullable(System.getenv("NIGHTMAIL_COLUMNS")).orElse("");
        return columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : 80;
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, UTF_8);
    }

    /** A stop that went through is a success, whatever signal asked for it. */
    private static void whenToldToEnd(IntSupplier stop) {
        var hook = new Thread(() -> Runtime.getRuntime().halt(stop.getAsInt()), "nightmail-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }
}

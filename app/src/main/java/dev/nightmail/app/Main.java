package dev.nightmail.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Optional;

/** Where the process begins: hands the real surroundings to the commands. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        // Before the first logger: only a server tells of the life of its batches.
        boolean isServer = args.length > 0 && args[0].equals("serve");
        System.setProperty("nightmail.log", isServer ? "INFO" : "WARN");
        System.exit(RootCommand.commandLine(surroundings()).execute(args));
    }

    private static Surroundings surroundings() {
        return new Surroundings(
                writer(FileDescriptor.out),
                writer(FileDescriptor.err),
                InstantSource.system(),
                name -> Optional.ofNullable(System.getenv(name)),
                Main::whenToldToEnd);
    }

    private static PrintWriter writer(FileDescriptor stream) {
        return new PrintWriter(new FileOutputStream(stream), true, UTF_8);
    }

    /** A stop that went through is a success, whatever signal asked for it. */
    private static void whenToldToEnd(Runnable action) {
        var hook =
                new Thread(
                        () -> {
                            action.run();
                            Runtime.getRuntime().halt(0);
                        },
                        "nightmail-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }
}

package dev.nightmail.app.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option by which commands that do not need a running server find its data. */
final class DataFolder {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "nightmail-data",
            description = "The server's data folder (default: ${DEFAULT-VALUE}).")
    Path path = Path.of("nightmail-data");

    Path catalog() {
        return path.resolve("catalog.db");
    }
}

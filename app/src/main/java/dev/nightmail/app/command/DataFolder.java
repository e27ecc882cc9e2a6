package dev.nightmail.app.command;

import dev.nightmail.app.server.StartException;
import java.io.IOException;
import java.nio.file.Files;
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

    /**
     * The catalog of a folder that was used before.
     *
     * @throws StartException if there is none: most likely another folder was meant
     */
    Path catalog() {
        var catalog = catalogFile();
        if (!Files.isRegularFile(catalog)) {
            throw new StartException(
                    "there is no server's data in %s: name its data folder with --data"
                            .formatted(path));
        }
        return catalog;
    }

    /** The catalog, in a folder that is made if need be. */
    Path catalogToBe() {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new StartException("cannot make data folder %s: %s".formatted(path, e), e);
        }
        return catalogFile();
    }

    private Path catalogFile() {
        return path.resolve("catalog.db");
    }
}

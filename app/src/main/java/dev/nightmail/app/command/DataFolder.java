package dev.nightmail.app.command;

import dev.nightmail.app.config.ConfigReader;
import dev.nightmail.app.config.ConfigSource;
import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.journal.disk.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options by which commands that do not need a running server find its data: where that server
 * would look for it.
 */
final class DataFolder {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The server's configuration file, if it has one.")
    private @Nullable Path config;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The server's data folder. Default: nightmail-data")
    private @Nullable String data;

    /**
     * The catalog of a server that was there.
     *
     * @throws CommandException if there is none: most likely another folder was meant
     */
    Path catalog(Surroundings surroundings) {
        var folder = folder(surroundings);
        var catalog = catalog(folder, surroundings);
        if (!Files.isRegularFile(catalog)) {
            throw nothingIn(folder);
        }
        return catalog;
    }

    /**
     * The folder of a server that was there, whatever is left in it.
     *
     * @throws CommandException if there is nothing of a server
     */
    Path existing(Surroundings surroundings) {
        var shown = folder(surroundings);
        var folder = surroundings.folder().resolve(shown);
        if (!Files.exists(folder.resolve("catalog.db"))
                && !Files.isDirectory(folder.resolve("batches"))) {
            throw nothingIn(shown);
        }
        return folder;
    }

    /** The same in a folder that may be new. */
    Path catalogMadeIfNeedBe(Surroundings surroundings) {
        var folder = folder(surroundings);
        try {
            PrivateFiles.createFolders(surroundings.folder().resolve(folder));
        } catch (IOException e) {
            throw CommandException.failed("cannot make data folder %s: %s".formatted(folder, e), e);
        }
        return catalog(folder, surroundings);
    }

    private static CommandException nothingIn(Path folder) {
        return CommandException.failed(
                "there is no server's data in %s: name its data folder with --data DIR"
                        .formatted(folder));
    }

    private Path folder(Surroundings surroundings) {
        Map<String, String> flags = data == null ? Map.of() : Map.of("data", data);
        return ConfigReader.dataFolder(
                new ConfigSource(config, flags, List.of()), surroundings::variable);
    }

    private static Path catalog(Path folder, Surroundings surroundings) {
        return surroundings.folder().resolve(folder).resolve("catalog.db");
    }
}

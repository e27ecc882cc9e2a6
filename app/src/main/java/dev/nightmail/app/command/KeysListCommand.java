package dev.nightmail.app.command;

import dev.nightmail.catalog.Catalog;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code keys list}. */
@Command(
        name = "list",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "List all keys ever made, oldest first.",
        footer = {"", "With --json: one key a line."})
final class KeysListCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Mixin private DataFolder data = new DataFolder();
    @Mixin private CommonOptions common = new CommonOptions();

    KeysListCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() {
        try (var catalog = Catalog.open(data.catalog(surroundings))) {
            var keys = catalog.keys().list();
            if (common.json()) {
                keys.forEach(key -> console.json(KeyText.json(key)));
            } else if (keys.isEmpty()) {
                console.note("No key was made yet.");
            } else {
                KeyText.table(keys).forEach(console::result);
            }
        }
        return ExitCode.DONE;
    }
}

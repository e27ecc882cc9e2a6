package dev.nightmail.app.command;

import dev.nightmail.catalog.Catalog;
import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.KeyCatalog;
import dev.nightmail.core.key.KeyId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code keys revoke}. */
@Command(
        name = "revoke",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Revoke a key: from now on it is refused. Its batches go on.",
        footer = {"", "With --json: the key as keys list shows it."})
final class KeysRevokeCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Parameters(paramLabel = "ID", description = "As keys list shows it.")
    private String id = "";

    @Mixin private DataFolder data = new DataFolder();
    @Mixin private CommonOptions common = new CommonOptions();

    KeysRevokeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() {
        var named = keyId();
        try (var catalog = Catalog.open(data.catalog(surroundings))) {
            var keys = catalog.keys();
            var revoked = keys.revoke(named, surroundings.clock().instant());
            var key = find(keys, named);
            if (!revoked) {
                throw CommandException.failed("key " + id + " was revoked before");
            }
            if (common.json()) {
                console.json(KeyText.json(key));
            } else {
                console.result("Revoked " + id + ".");
            }
        }
        return ExitCode.DONE;
    }

    private KeyId keyId() {
        try {
            return new KeyId(id);
        } catch (IllegalArgumentException e) {
            // Not repeated: it might be the key itself.
            throw CommandException.usage(e.getMessage() + "; keys list shows the ids");
        }
    }

    private static ApiKey find(KeyCatalog keys, KeyId id) {
        return keys.list().stream()
                .filter(key -> key.id().equals(id))
                .findFirst()
                .orElseThrow(() ->
                        CommandException.failed(
                                "there is no key " + id + "; keys list shows which there are"));
    }
}

package dev.nightmail.app.command;

import dev.nightmail.app.server.KeysMade;
import dev.nightmail.catalog.Catalog;
import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.KeySecret;
import dev.nightmail.core.key.Scope;
import dev.nightmail.core.key.WorkspaceId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code keys create}. */
@Command(
        name = "create",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Make a key and print it, this once, alone on standard output.",
            "Only a hash of it is kept."
        },
        footer = {"", "With --json: the key together with what keys list shows of it."})
final class KeysCreateCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Option(
            names = "--workspace",
            required = true,
            paramLabel = "W",
            description = "Workspace the key works in: its batches are invisible to others.")
    private String workspace = "";

    @Option(
            names = "--name",
            required = true,
            paramLabel = "N",
            description = "What the key is for.")
    private String name = "";

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            split = ",",
            defaultValue = "submit,read",
            description = "submit, read, admin; several with commas. Default: ${DEFAULT-VALUE}")
    private List<String> scopes = new ArrayList<>();

    @Mixin private DataFolder data = new DataFolder();
    @Mixin private CommonOptions common = new CommonOptions();

    KeysCreateCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() {
        var secret = KeySecret.create(surroundings.random());
        var key = key();
        var file = data.catalogMadeIfNeedBe(surroundings);
        try (var catalog = Catalog.open(file)) {
            catalog.keys().insert(key, secret.sha256());
        }
        if (common.json()) {
            console.json(KeyText.json(key).put("key", secret.reveal()));
        } else {
            console.result(secret.reveal());
        }
        console.note(
                "Key %s for workspace %s. It is shown only this once."
                        .formatted(key.id(), key.workspace()));
        // Last: should it fail, the key is there, and nobody could be told it again.
        new KeysMade(Objects.requireNonNull(file.getParent())).remember();
        return ExitCode.DONE;
    }

    private ApiKey key() {
        var now = surroundings.clock().instant().truncatedTo(ChronoUnit.MICROS);
        try {
            return new ApiKey(
                    KeyId.create(surroundings.random()),
                    new WorkspaceId(workspace),
                    name,
                    scopes(),
                    now,
                    null);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("--" + e.getMessage());
        }
    }

    private Set<Scope> scopes() {
        var parsed = EnumSet.noneOf(Scope.class);
        scopes.forEach(text -> parsed.add(scope(text)));
        return parsed;
    }

    private static Scope scope(String text) {
        var word = text.strip().toLowerCase(Locale.ROOT);
        return Arrays.stream(Scope.values())
                .filter(scope -> scope.wireName().equals(word))
                .findFirst()
                .orElseThrow(() ->
                        CommandException.usage(
                                "--scope " + text + ": expected submit, read or admin"));
    }
}

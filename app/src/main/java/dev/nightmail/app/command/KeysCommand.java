package dev.nightmail.app.command;

import dev.nightmail.app.Surroundings;
import dev.nightmail.catalog.Catalog;
import dev.nightmail.core.batch.WorkspaceId;
import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.KeySecret;
import dev.nightmail.core.key.Scope;
import java.security.SecureRandom;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code keys}: API keys of a data folder. It works while a server runs on the folder, and takes
 * effect at once.
 *
 * <p>Commands that are methods say themselves that they have {@code --help}: picocli counts their
 * arguments by it, and would hand them over in the wrong places if it were added afterwards.
 */
@Command(
        name = "keys",
        description = "Make, list and revoke API keys.",
        footer = {
            "",
            "As long as no key was ever made, a server on loopback accepts any non-empty key."
        })
public final class KeysCommand implements Runnable {

    private static final String ID_DIGITS = "0123456789abcdefghijkmnpqrstuvwxyz";
    private static final int ID_LENGTH = 12;

    private final Surroundings surroundings;
    private final SecureRandom random = new SecureRandom();

    @Spec private CommandSpec spec = CommandSpec.create();

    public KeysCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "keys: say create, list or revoke");
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description =
                    "Make a key. It is printed once, alone on stdout, and kept only as a hash.")
    int create(
            @Mixin DataFolder data,
            @Option(
                            names = "--workspace",
                            required = true,
                            paramLabel = "W",
                            description = "Workspace the key works in.")
                    String workspace,
            @Option(
                            names = "--name",
                            required = true,
                            paramLabel = "N",
                            description = "What the key is for.")
                    String name,
            @Option(
                            names = "--scope",
                            paramLabel = "SCOPE",
                            split = ",",
                            defaultValue = "submit,read",
                            description =
                                    "submit, read, admin; several with commas (default: ${DEFAULT-VALUE}).")
                    Set<String> scopes) {
        var secret = KeySecret.create(random);
        var key = key(workspace, name, scopes);
        try (var catalog = Catalog.open(data.catalogToBe())) {
            catalog.keys().insert(key, secret.sha256());
        }
        surroundings.out().println(secret.reveal());
        surroundings
                .err()
                .println(
                        "Key "
                                + key.id()
                                + " for workspace "
                                + key.workspace()
                                + ". It is shown only this once.");
        return 0;
    }

    private ApiKey key(String workspace, String name, Set<String> scopes) {
        try {
            var parsed = EnumSet.noneOf(Scope.class);
            scopes.forEach(scope -> parsed.add(scope(scope)));
            var now = surroundings.clock().instant().truncatedTo(ChronoUnit.MICROS);
            return new ApiKey(newId(), new WorkspaceId(workspace), name, parsed, now, null);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "keys create: " + e.getMessage(), e);
        }
    }

    private static Scope scope(String text) {
        return Arrays.stream(Scope.values())
                .filter(scope -> scope.wireName().equals(text.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "--scope " + text + ": expected submit, read or admin"));
    }

    private KeyId newId() {
        var digits = new StringBuilder("key_");
        for (int i = 0; i < ID_LENGTH; i++) {
            digits.append(ID_DIGITS.charAt(random.nextInt(ID_DIGITS.length())));
        }
        return new KeyId(digits.toString());
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List all keys ever made, oldest first.")
    int list(
            @Mixin DataFolder data,
            @Option(names = "--json", description = "One JSON object a line.") boolean json) {
        try (var catalog = Catalog.open(data.catalog())) {
            var keys = catalog.keys().list();
            if (json) {
                keys.forEach(key -> surroundings.out().println(KeyText.json(key)));
            } else if (keys.isEmpty()) {
                surroundings.out().println("No key was made yet.");
            } else {
                KeyText.table(keys).forEach(surroundings.out()::println);
            }
        }
        return 0;
    }

    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            description = "Revoke a key: from now on it is refused.")
    int revoke(
            @Mixin DataFolder data,
            @Parameters(paramLabel = "ID", description = "As keys list shows it.") String id) {
        try (var catalog = Catalog.open(data.catalog())) {
            if (catalog.keys().revoke(new KeyId(id), surroundings.clock().instant())) {
                surroundings.out().println("Revoked " + id + ".");
                return 0;
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "keys revoke: " + e.getMessage(), e);
        }
        surroundings
                .err()
                .println(
                        "There is no key "
                                + id
                                + " that could be revoked; see ./nightmail keys list.");
        return 1;
    }

    static String scopes(ApiKey key) {
        return key.scopes().stream().sorted().map(Scope::wireName).collect(Collectors.joining(","));
    }
}

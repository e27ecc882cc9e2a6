package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may use a server. */
class KeysTest {

    @TempDir private Path folder;

    @Test
    void aServerOpenToOthersIsRefusedUntilThereIsAKey() {
        var data = folder.resolve("data");
        try (var server = ForkedNightmail.serve(data, "--host", "0.0.0.0")) {
            assertThat(server.awaitExit()).isEqualTo(1);
            assertThat(server.output()).isEmpty();
            assertThat(server.errors())
                    .singleElement()
                    .asString()
                    .contains("0.0.0.0", "no API key was made yet", "nightmail keys create")
                    .contains("--data " + data);
        }
    }

    @Test
    void keysMadeAndRevokedWhileAServerRunsTakeEffect() {
        var data = folder.resolve("data");
        try (var upstream = new HeldUpstream();
                var server = ForkedNightmail.serving(data, upstream)) {
            assertThat(status(server, "anything")).isEqualTo(200);

            var key = create(data);

            awaitStatus(server, "anything", 401);
            assertThat(status(server, key)).isEqualTo(200);
            assertThat(status(server, lastCharacterChanged(key))).isEqualTo(401);

            var listed = keys(data, "list");
            assertThat(listed).noneMatch(line -> line.contains(key));
            var id = listed.getLast().split(" ", 2)[0];
            assertThat(keys(data, "revoke", id)).containsExactly("Revoked " + id + ".");

            awaitStatus(server, key, 401);
        }
    }

    @Test
    void aKeyMadeBeforeTheFirstServerIsTheOnlyOneThatOpensIt() {
        var data = folder.resolve("data");

        var key = create(data);

        try (var upstream = new HeldUpstream();
                var server = ForkedNightmail.serving(data, upstream)) {
            assertThat(status(server, "anything")).isEqualTo(401);
            assertThat(status(server, key)).isEqualTo(200);
        }
    }

    @Test
    void aFolderWithoutAServersDataIsNotMadeByLookingForKeysInIt() {
        var data = folder.resolve("dta");
        try (var keys = ForkedNightmail.runOn(data, "keys", "list")) {
            assertThat(keys.awaitExit()).isEqualTo(1);
            assertThat(keys.errors()).singleElement().asString().contains(data + ":", "--data");
        }
        assertThat(data).doesNotExist();
    }

    private static String create(Path data) {
        var printed = keys(data, "create", "--workspace", "team", "--name", "first");
        assertThat(printed).singleElement().asString().startsWith("nm_live_");
        return printed.getFirst();
    }

    private static List<String> keys(Path data, String... arguments) {
        try (var keys = ForkedNightmail.runOn(data, "keys", arguments)) {
            assertThat(keys.awaitExit()).as("%s", keys.errors()).isZero();
            return keys.output();
        }
    }

    private static String lastCharacterChanged(String key) {
        return key.substring(0, key.length() - 1) + (key.endsWith("0") ? '1' : '0');
    }

    private static int status(ForkedNightmail server, String key) {
        try (var caller = new BatchesCaller(server.baseUri(), key)) {
            return caller.listStatus();
        }
    }

    private static void awaitStatus(ForkedNightmail server, String key, int status) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> status(server, key) == status);
    }
}

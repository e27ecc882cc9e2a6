package dev.nightmail.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.catalog.Catalog;
import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.KeySecret;
import dev.nightmail.core.key.Scope;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class KeysCommandsTest {

    @TempDir private Path folder;

    private AppSession session;

    @BeforeEach
    void sitDown() {
        session = new AppSession(folder);
    }

    @Test
    void aNewKeyStandsAloneOnStandardOutput() {
        assertThat(session.run("keys", "create", "--workspace", "team", "--name", "first"))
                .isZero();

        var secret = KeySecret.presented(session.out().strip());
        assertThat(session.outLines()).hasSize(1);
        assertThat(secret.isWellFormed()).isTrue();
        assertThat(session.err())
                .matches("Key key_\\w{12} for workspace team\\. It is shown only this once\\.\n");
        var kept = find(secret).orElseThrow();
        assertThat(kept.workspace().value()).isEqualTo("team");
        assertThat(kept.name()).isEqualTo("first");
        assertThat(kept.scopes()).containsExactlyInAnyOrder(Scope.SUBMIT, Scope.READ);
        assertThat(kept.createdAt()).isEqualTo(AppSession.START);
    }

    @Test
    void scopesAreGivenWithCommas() {
        create("--scope", "read,Admin");

        assertThat(find(KeySecret.presented(session.out().strip())).orElseThrow().scopes())
                .containsExactlyInAnyOrder(Scope.READ, Scope.ADMIN);
    }

    @Test
    void forProgramsTheKeyComesWithItsId() {
        create("--json");

        var json = JsonMapper.shared().readTree(session.out());
        assertThat(json.path("id").asString()).startsWith("key_");
        assertThat(json.path("workspace").asString()).isEqualTo("team");
        var secret = KeySecret.presented(json.path("key").asString());
        assertThat(find(secret).orElseThrow().id().value()).isEqualTo(json.path("id").asString());
    }

    @Test
    void whatCannotBeAKeyIsRefusedByItsOptionAndMakesNothing() {
        assertThat(session.run("keys", "create", "--workspace", "a b", "--name", "x")).isEqualTo(2);
        assertThat(session.err())
                .isEqualTo(
                        "nightmail: --workspace: expected 1 to 64 letters, digits, '_', '-' or '.'\n");

        assertThat(session.run("keys", "create", "--workspace", "a", "--name", " ")).isEqualTo(2);
        assertThat(session.err()).isEqualTo("nightmail: --name: expected 1 to 100 characters\n");

        assertThat(
                        session.run(
                                "keys",
                                "create",
                                "--workspace",
                                "a",
                                "--name",
                                "x",
                                "--scope",
                                "all"))
                .isEqualTo(2);
        assertThat(session.err())
                .isEqualTo("nightmail: --scope all: expected submit, read or admin\n");

        assertThat(session.run("keys", "create", "--name", "x")).isEqualTo(2);
        assertThat(session.err())
                .startsWith("nightmail keys create: Missing required option: '--workspace=W'");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void keysAreListedOldestFirstWithoutTheirSecrets() {
        create();
        var secret = session.out().strip();
        create("--name", "second", "--scope", "admin");

        assertThat(session.run("keys", "list")).isZero();

        assertThat(session.outLines()).hasSize(3);
        assertThat(session.outLines().getFirst())
                .containsPattern("^ID +WORKSPACE +SCOPES +CREATED +STATE +NAME$");
        assertThat(session.outLines().get(1))
                .containsPattern("^key_\\w{12} +team +submit,read +2026-11-21 +active +first$");
        assertThat(session.outLines().get(2)).endsWith("second");
        assertThat(session.out()).doesNotContain(secret);
    }

    @Test
    void forProgramsEachKeyIsAnObject() {
        create();
        create();

        assertThat(session.run("keys", "list", "--json")).isZero();

        assertThat(session.outLines())
                .hasSize(2)
                .allSatisfy(line -> {
                    var key = JsonMapper.shared().readTree(line);
                    assertThat(key.propertyNames())
                            .containsExactly(
                                    "id",
                                    "workspace",
                                    "name",
                                    "scopes",
                                    "created_at",
                                    "revoked_at");
                    assertThat(key.path("created_at").asString())
                            .matches("2026-11-21T13:00:0[01]\\.123456Z");
                    assertThat(key.path("revoked_at").isNull()).isTrue();
                });
    }

    @Test
    void aFolderThatHasCatalogButNoKeyYetSaysSo() {
        Catalog.open(folder.resolve("catalog.db")).close();

        assertThat(session.run("keys", "list", "--data", ".")).isZero();
        assertThat(session.out()).isEmpty();
        assertThat(session.err()).isEqualTo("No key was made yet.\n");

        assertThat(session.run("keys", "list", "--data", ".", "--json")).isZero();
        assertThat(session.out() + session.err()).isEmpty();
    }

    @Test
    void aRevokedKeyStaysListedAsSuchAndIsNotRevokedTwice() {
        create("--json");
        var id = JsonMapper.shared().readTree(session.out()).path("id").asString();

        assertThat(session.run("keys", "revoke", id)).isZero();
        assertThat(session.out()).isEqualTo("Revoked " + id + ".\n");

        session.run("keys", "list");
        assertThat(session.outLines().getLast()).contains("revoked");
        assertThat(session.run("keys", "revoke", id)).isEqualTo(1);
        assertThat(session.err()).isEqualTo("nightmail: key " + id + " was revoked before\n");
    }

    @Test
    void aKeyThatIsNotThereCannotBeRevoked() {
        create();

        assertThat(session.run("keys", "revoke", "key_unknown")).isEqualTo(1);
        assertThat(session.err())
                .isEqualTo(
                        "nightmail: there is no key key_unknown; keys list shows which there are\n");
    }

    @Test
    void aSecretInPlaceOfAnIdIsNotRepeated() {
        create();
        var secret = session.out().strip();

        assertThat(session.run("keys", "revoke", secret)).isEqualTo(2);
        assertThat(session.err()).contains("not a key id", "keys list").doesNotContain(secret);
    }

    @Test
    void withoutADataFolderOneIsToldWhereItWasLookedForAndNoneIsMade() {
        assertThat(session.run("keys", "list")).isEqualTo(1);

        assertThat(session.err())
                .isEqualTo(
                        "nightmail: there is no server's data in nightmail-data: name its data"
                                + " folder with --data DIR\n");
        assertThat(session.run("keys", "revoke", "key_a")).isEqualTo(1);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void theDataFolderIsTheOneTheServersConfigurationNames() {
        session.file(
                "nightmail.yaml", "data: mail/of/tonight\nupstreams: {a: {api-key: \"${NONE}\"}}");
        var config = folder.resolve("nightmail.yaml").toString();

        create("--config", config);

        assertThat(folder.resolve("mail/of/tonight/catalog.db")).isRegularFile();
        assertThat(session.run("keys", "list", "--config", config)).isZero();
        assertThat(session.outLines()).hasSize(2);
        session.with("NIGHTMAIL_DATA", "mail/of/tonight");
        assertThat(session.run("keys", "list")).isZero();
        assertThat(session.run("keys", "list", "--config", config, "--data", "other")).isEqualTo(1);
    }

    @Test
    void theyWorkOnTheFolderOfARunningServerWhichFollows() throws Exception {
        try (var server = TestServer.start();
                var client = HttpClient.newHttpClient()) {
            var data = server.data().toString();
            assertThat(status(client, server, "anything")).isEqualTo(200);

            create("--data", data, "--json");
            var key = JsonMapper.shared().readTree(session.out());
            var secret = key.path("key").asString();

            Awaitility.await()
                    .atMost(AppSession.PATIENCE)
                    .until(() -> status(client, server, "anything") == 401);
            assertThat(status(client, server, secret)).isEqualTo(200);

            assertThat(session.run("keys", "revoke", key.path("id").asString(), "--data", data))
                    .isZero();
            Awaitility.await()
                    .atMost(AppSession.PATIENCE)
                    .until(() -> status(client, server, secret) == 401);
        }
    }

    private static int status(HttpClient client, TestServer server, String key) throws Exception {
        var list =
                HttpRequest.newBuilder(server.baseUri().resolve("/v1/messages/batches"))
                        .header("x-api-key", key)
                        .header("anthropic-version", "2023-06-01")
                        .build();
        return client.send(list, BodyHandlers.discarding()).statusCode();
    }

    private void create(String... more) {
        var arguments = new ArrayList<>(List.of("keys", "create"));
        arguments.addAll(List.of("--workspace", "team"));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--name")) {
            arguments.addAll(List.of("--name", "first"));
        }
        assertThat(session.run(arguments.toArray(String[]::new))).as(session.err()).isZero();
    }

    private Optional<ApiKey> find(KeySecret secret) {
        try (var catalog = Catalog.open(folder.resolve("nightmail-data/catalog.db"))) {
            return catalog.keys().findByHash(secret.sha256());
        }
    }
}

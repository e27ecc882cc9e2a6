package dev.nightmail.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class UsageCommandTest {

    private static final String KNOWN = "claude-haiku-4-5";
    private static final String OTHER = "some-model";

    private static TestServer server;
    private static String batchId;

    @TempDir private Path folder;

    private AppSession session;

    /** A batch of three requests to one model and two to another. */
    @BeforeAll
    static void runABatch() throws Exception {
        server = TestServer.start("upstream=simulator", "upstreams.simulator.strict=false");
        try (var client = HttpClient.newHttpClient()) {
            var created =
                    send(
                            client,
                            call("").POST(
                                            BodyPublishers.ofString(
                                                    """
                                                    {"requests":[%s,%s,%s,%s,%s]}
                                                    """
                                                            .formatted(
                                                                    request("a", KNOWN),
                                                                    request("b", KNOWN),
                                                                    request("c", KNOWN),
                                                                    request("d", OTHER),
                                                                    request("e", OTHER)))));
            batchId = created.path("id").asString();
            Awaitility.await()
                    .atMost(AppSession.PATIENCE)
                    .until(() ->
                            send(client, call("/" + batchId))
                                    .path("processing_status")
                                    .asString()
                                    .equals("ended"));
        }
        // Usage is entered after the end of the batch is shown.
        var first = new AppSession(server.data());
        Awaitility.await()
                .atMost(AppSession.PATIENCE)
                .until(() -> {
                    first.run("usage", "--data", server.data().toString(), "--json");
                    return first.outLines().size() == 2;
                });
    }

    private static String request(String customId, String model) {
        return """
        {"custom_id":"%s","params":{"model":"%s","max_tokens":20,
         "messages":[{"role":"user","content":"How are you tonight?"}]}}\
        """
                .formatted(customId, model);
    }

    private static HttpRequest.Builder call(String path) {
        return HttpRequest.newBuilder(server.baseUri().resolve("/v1/messages/batches" + path))
                .header("x-api-key", "any")
                .header("content-type", "application/json")
                .header("anthropic-version", "2023-06-01");
    }

    private static JsonNode send(HttpClient client, HttpRequest.Builder call) throws Exception {
        var answer = client.send(call.build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void sitDown() {
        session = new AppSession(folder);
    }

    @Test
    void byModelEveryModelHasARow() {
        assertThat(usage()).isZero();

        assertThat(session.outLines().getFirst())
                .containsPattern(
                        "^MODEL +UPSTREAM +TIER +REQUESTS +INPUT +CACHE WRITE +CACHE READ +OUTPUT +COST");
        assertThat(session.outLines().get(1))
                .containsPattern("^claude-haiku-4-5 +simulator +simulated +3 +[1-9]");
        assertThat(session.outLines().get(2))
                .containsPattern("^some-model +simulator +simulated +2 +[1-9]");
        assertThat(session.err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"key, KEY, key_any", "day, DAY, 20..-..-..", "batch, BATCH, msgbatch_\\w+"})
    void byAnythingElseTheModelStandsBesideIt(String by, String heading, String group) {
        assertThat(usage("--by", by)).isZero();

        assertThat(session.outLines().getFirst())
                .containsPattern("^" + heading + " +MODEL +UPSTREAM +TIER +");
        assertThat(session.outLines().get(1))
                .containsPattern("^" + group + " +claude-haiku-4-5 +simulator +simulated +3 ");
        assertThat(session.outLines().get(2))
                .containsPattern("^" + group + " +some-model +simulator +simulated +2 ");
    }

    @Test
    void forProgramsEachRowIsAnObjectWithSumsInTokens() {
        assertThat(usage("--by", "batch", "--json")).isZero();

        assertThat(session.outLines()).hasSize(2);
        var row = JsonMapper.shared().readTree(session.outLines().getFirst());
        assertThat(row.path("group").asString()).isEqualTo(batchId);
        assertThat(row.path("model").asString()).isEqualTo(KNOWN);
        assertThat(row.path("requests").asInt()).isEqualTo(3);
        assertThat(row.path("input_tokens").asLong()).isPositive();
        assertThat(row.path("output_tokens").asLong()).isBetween(3L, 60L);
        assertThat(row.path("upstream").asString()).isEqualTo("simulator");
    }

    @Test
    void whatTheSimulatorAnsweredCostsNothingWhateverTheModel() {
        usage("--json");

        assertThat(session.outLines())
                .hasSize(2)
                .allSatisfy(line ->
                        assertThat(
                                        JsonMapper.shared()
                                                .readTree(line)
                                                .path("cost_micros")
                                                .asLong(-1))
                                .isZero());
    }

    @Test
    void anUnknownGroupingIsRefusedWithThoseThereAre() {
        assertThat(usage("--by", "hour")).isEqualTo(2);

        assertThat(session.err())
                .isEqualTo("nightmail: --by hour: expected one of key, model, day, batch\n");
    }

    @Test
    void aServerThatRanNoBatchUsedNothing() {
        var fresh = folder.resolve("fresh").toString();
        session.run("keys", "create", "--workspace", "w", "--name", "n", "--data", fresh);

        assertThat(session.run("usage", "--data", fresh)).isZero();

        assertThat(session.out()).isEmpty();
        assertThat(session.err()).isEqualTo("Nothing was used yet: no batch has ended.\n");
    }

    @Test
    void withoutADataFolderOneIsToldWhereItWasLookedFor() {
        assertThat(session.run("usage")).isEqualTo(1);

        assertThat(session.err())
                .isEqualTo(
                        "nightmail: there is no server's data in nightmail-data: name its data"
                                + " folder with --data DIR\n");
    }

    private int usage(String... more) {
        var arguments = new String[more.length + 3];
        arguments[0] = "usage";
        arguments[1] = "--data";
        arguments[2] = server.data().toString();
        System.arraycopy(more, 0, arguments, 3, more.length);
        return session.run(arguments);
    }
}

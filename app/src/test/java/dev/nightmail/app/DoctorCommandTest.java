package dev.nightmail.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.app.config.ConfigReader;
import dev.nightmail.app.config.ConfigSource;
import dev.nightmail.app.server.NightmailServer;
import dev.nightmail.app.server.ProxyVariables;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the doctor says of folders that were damaged, and what is left afterwards. */
class DoctorCommandTest {

    private static final String BATCH =
            """
            {"requests":[
             {"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":50,\
            "messages":[{"role":"user","content":"one"}]}},
             {"custom_id":"b","params":{"model":"claude-haiku-4-5","max_tokens":50,\
            "messages":[{"role":"user","content":"two"}]}}]}
            """;

    @TempDir private Path folder;
    private Path data = Path.of("");
    private Path batch = Path.of("");
    private AppSession session = new AppSession(Path.of(""));

    @BeforeEach
    void endABatch() throws IOException, InterruptedException {
        session = new AppSession(folder);
        data = folder.resolve("data");
        var server = start();
        try (var http = HttpClient.newHttpClient()) {
            var created = send(http, server.baseUri(), "", BATCH);
            var id = created.path("id").asString();
            Awaitility.await()
                    .atMost(AppSession.PATIENCE)
                    .until(() ->
                            send(http, server.baseUri(), "/" + id, null)
                                    .path("processing_status")
                                    .asString()
                                    .equals("ended"));
            batch = data.resolve("batches").resolve(id);
        } finally {
            server.stop();
        }
        assertThat(doctor()).isZero();
        assertThat(session.outLines()).containsExactly("Checked 1 batch with 2 results: sound.");
    }

    private NightmailServer start() {
        var source =
                new ConfigSource(
                        null, Map.of("listen.port", "0", "data", data.toString()), List.of());
        return NightmailServer.start(
                ConfigReader.read(source, _ -> Optional.empty()),
                InstantSource.system(),
                new ProxyVariables(_ -> Optional.empty()),
                _ -> {});
    }

    /** What a client gets from a server that is started on the folder. */
    private HttpResponse<String> results() throws IOException, InterruptedException {
        var server = start();
        try (var http = HttpClient.newHttpClient()) {
            var request = request(server.baseUri(), "/" + batch.getFileName() + "/results").build();
            return http.send(request, BodyHandlers.ofString());
        } finally {
            server.stop();
        }
    }

    private static HttpRequest.Builder request(URI base, String path) {
        return HttpRequest.newBuilder(base.resolve("/v1/messages/batches" + path))
                .header("x-api-key", "any")
                .header("anthropic-version", "2023-06-01");
    }

    private static JsonNode send(HttpClient http, URI base, String path, @Nullable String body)
            throws IOException, InterruptedException {
        var request = request(base, path);
        if (body != null) {
            request.header("content-type", "application/json").POST(BodyPublishers.ofString(body));
        }
        return JsonMapper.shared()
                .readTree(http.send(request.build(), BodyHandlers.ofString()).body());
    }

    private int doctor(String... options) {
        var arguments = Arrays.copyOf(options, options.length + 3);
        System.arraycopy(options, 0, arguments, 1, options.length);
        arguments[0] = "doctor";
        arguments[options.length + 1] = "--data";
        arguments[options.length + 2] = data.toString();
        return session.run(arguments);
    }

    private static void overwrite(Path file, int from, int to) throws IOException {
        var bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, from, to, (byte) '?');
        Files.write(file, bytes);
    }

    @Test
    void aFlippedBitIsToldByLineAndByteAndTurnedBack() throws IOException {
        var results = batch.resolve("results.jsonl");
        var whole = Files.readAllBytes(results);
        var flipped = whole.clone();
        flipped[whole.length - 20] ^= 4;
        Files.write(results, flipped);
        int second = new String(whole, UTF_8).indexOf('\n') + 1;

        assertThat(doctor()).isEqualTo(1);
        assertThat(session.outLines())
                .hasSize(3)
                .anyMatch(line ->
                        line.startsWith(
                                "%s: results.jsonl, line 2 (byte %d): the result of request"
                                        .formatted(batch.getFileName(), second)))
                .anyMatch(line -> line.startsWith("    --repair does it: "))
                .endsWith("Checked 1 batch with 2 results: 1 damage; --repair mends 1 of them.");
        assertThat(results).hasBinaryContent(flipped);

        assertThat(doctor("--repair")).isZero();
        assertThat(session.outLines()).anyMatch(line -> line.startsWith("    repaired: "));
        assertThat(results).hasBinaryContent(whole);
    }

    @Test
    void anAnswerThatIsLostIsNotServedAndStaysDamageUntilItIsWrittenOff()
            throws IOException, InterruptedException {
        overwrite(batch.resolve("results.jsonl"), 30, 60);
        assertThat(results().statusCode()).isEqualTo(500);
        assertThat(results().headers().firstValue("x-should-retry")).contains("false");
        assertThat(results().body())
                .contains("some results of this batch (1) are damaged", "./nightmail doctor");

        assertThat(doctor("--repair", "--json")).isEqualTo(1);
        var finding = JsonMapper.shared().readTree(session.outLines().getFirst());
        assertThat(finding.path("batch_id").asString()).isEqualTo(batch.getFileName().toString());
        assertThat(finding.path("file").asString()).isEqualTo("results.jsonl");
        assertThat(finding.path("line").asInt()).isEqualTo(1);
        assertThat(finding.path("offset").asInt()).isZero();
        assertThat(finding.path("repairable").asBoolean()).isFalse();
        assertThat(finding.path("remedy").asString()).contains("--write-off");
        var sum = JsonMapper.shared().readTree(session.outLines().getLast());
        assertThat(sum.path("results_lost").asInt()).isEqualTo(1);

        assertThat(doctor("--write-off")).isZero();
        assertThat(session.err()).contains("1 of 1 result written off");

        assertThat(results().statusCode()).isEqualTo(200);
        assertThat(results().body().lines().toList().getFirst())
                .contains("\"errored\"", "\"api_error\"", "\"the stored result is damaged\"");
        assertThat(Files.readString(batch.resolve("batch.json")))
                .contains("\"succeeded\" : 1", "\"errored\" : 1");
    }

    @Test
    void aFolderInUseIsLeftAlone() {
        var server = start();
        try {
            assertThat(doctor()).isEqualTo(1);
            assertThat(session.err()).contains("in use by process", "stop that one");
        } finally {
            server.stop();
        }
    }

    @Test
    void aFolderWithoutAServersDataIsNotTouched() {
        data = folder.resolve("elsewhere");

        assertThat(doctor("--repair")).isEqualTo(1);

        assertThat(session.err()).contains("there is no server's data in", "--data DIR");
        assertThat(data).doesNotExist();
    }

    @Test
    void aFolderOfANewerFormatIsRefusedByTheDoctorAndByTheServer() throws IOException {
        var mark = data.resolve("nightmail.json");
        Files.writeString(mark, "{\"nightmail_data_format\":2}\n");

        assertThat(doctor("--repair")).isEqualTo(1);
        assertThat(session.err()).contains("has format 2, which a newer Nightmail wrote");
        assertThatThrownBy(this::start).hasMessageContaining("start the newer one on it");
        assertThat(mark).hasContent("{\"nightmail_data_format\":2}\n");
    }

    @Test
    void aCatalogThatIsDamagedIsNotReplacedSinceTheKeysAreInIt() throws IOException {
        overwrite(data.resolve("catalog.db"), 0, 64);
        var damaged = Files.readAllBytes(data.resolve("catalog.db"));

        assertThatThrownBy(this::start)
                .hasMessageContaining("catalog.db")
                .hasMessageContaining("./nightmail doctor --data " + data);
        assertThat(doctor("--repair")).isEqualTo(1);
        assertThat(session.outLines())
                .anyMatch(line -> line.startsWith("catalog.db: cannot be used"))
                .anyMatch(line -> line.contains("without API keys"));
        assertThat(data.resolve("catalog.db")).hasBinaryContent(damaged);
    }

    @Test
    void batchesThatAreMissingAsAWholeAreNotTakenForDeleted() throws IOException {
        Files.move(data.resolve("batches"), folder.resolve("unmounted"));

        assertThatThrownBy(this::start)
                .hasMessageContaining("catalog.db lists 1 of its batches")
                .hasMessageContaining("put it back");

        assertThat(doctor("--repair")).isEqualTo(1);
        assertThat(session.outLines()).anyMatch(line -> line.startsWith("batches: is missing"));
        assertThat(data.resolve("batches")).doesNotExist();

        Files.move(folder.resolve("unmounted"), data.resolve("batches"));
        start().stop();
        assertThat(doctor()).isZero();
    }
}

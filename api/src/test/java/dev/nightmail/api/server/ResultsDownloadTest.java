package dev.nightmail.api.server;

import static dev.nightmail.api.server.TestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultsDownloadTest {

    private static final String LINES = "{\"custom_id\":\"a\"}\n{\"custom_id\":\"b\"}\n";

    @TempDir Path folder;
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theWholeFileComesWithItsLengthAndTag() throws Exception {
        var id = ended(LINES.getBytes(UTF_8));

        var response = server.send(results(id));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(LINES);
        assertThat(header(response, "content-type")).isEqualTo("application/x-jsonl");
        assertThat(header(response, "content-length")).isEqualTo("36");
        assertThat(header(response, "accept-ranges")).isEqualTo("bytes");
        assertThat(header(response, "etag")).isEqualTo("\"" + id + "-36\"");
    }

    @Test
    void aFileLargerThanAnyBufferComesUnharmed() throws Exception {
        var bytes = new byte[20_000_001];
        new SplittableRandom(1).nextBytes(bytes);
        var id = ended(bytes);

        assertThat(server.sendForBytes(results(id)).body()).isEqualTo(bytes);
    }

    @Test
    void headSendsTheHeadersAlone() throws Exception {
        var id = ended(LINES.getBytes(UTF_8));

        var response = server.send(results(id).method("HEAD", BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "content-length")).isEqualTo("36");
        assertThat(response.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-3,      0, 3",
        "bytes=4-,       4, 35",
        "bytes=-5,      31, 35",
        "bytes=-500,     0, 35",
        "bytes=35-99,   35, 35",
        "BYTES=1-1,      1, 1",
    })
    void aRangeIsServedAlone(String range, int first, int last) throws Exception {
        var id = ended(LINES.getBytes(UTF_8));

        var response = server.send(results(id).header("range", range));

        assertThat(response.statusCode()).isEqualTo(206);
        assertThat(response.body()).isEqualTo(LINES.substring(first, last + 1));
        assertThat(header(response, "content-range"))
                .isEqualTo("bytes %d-%d/36".formatted(first, last));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=36-", "bytes=-0", "bytes=99-100"})
    void aRangeBehindTheEndIsRefusedWithTheLength(String range) throws Exception {
        var id = ended(LINES.getBytes(UTF_8));

        var response = server.send(results(id).header("range", range));

        assertThat(response.statusCode()).isEqualTo(416);
        assertThat(header(response, "content-range")).isEqualTo("bytes */36");
        assertThat(json(response).at("/error/type").asString()).isEqualTo("invalid_request_error");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-1,4-5", "bytes=5-2", "lines=1-2", "bytes=", "bytes=-", "x"})
    void whatIsNoSingleRangeGetsTheWhole(String range) throws Exception {
        var id = ended(LINES.getBytes(UTF_8));

        var response = server.send(results(id).header("range", range));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(LINES);
    }

    @Test
    void aRangeOfAnotherStateOfTheFileGetsTheWhole() throws Exception {
        var id = ended(LINES.getBytes(UTF_8));
        var tag = header(server.send(results(id)), "etag");

        var same = server.send(results(id).header("range", "bytes=4-").header("if-range", tag));
        var other =
                server.send(results(id).header("range", "bytes=4-").header("if-range", "\"x\""));

        assertThat(same.statusCode()).isEqualTo(206);
        assertThat(other.statusCode()).isEqualTo(200);
    }

    @Test
    void whatTheClientHasAlreadyIsNotSentAgain() throws Exception {
        var id = ended(LINES.getBytes(UTF_8));
        var tag = header(server.send(results(id)), "etag");

        var same = server.send(results(id).header("if-none-match", "\"x\", W/" + tag));
        var other = server.send(results(id).header("if-none-match", "\"x\""));

        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(other.statusCode()).isEqualTo(200);
    }

    @Test
    void aDownloadUnderWaySurvivesTheDeletionOfItsBatch() throws Exception {
        var bytes = new byte[40_000_000];
        new SplittableRandom(2).nextBytes(bytes);
        var id = ended(bytes);
        try (var socket = server.connect()) {
            socket.getOutputStream()
                    .write(
                            """
                            GET /v1/messages/batches/%s/results HTTP/1.1\r
                            Host: localhost\r
                            x-api-key: k\r
                            anthropic-version: 2023-06-01\r
                            connection: close\r
                            \r
                            """
                                    .formatted(id)
                                    .getBytes(UTF_8));
            var in = socket.getInputStream();
            in.readNBytes(1);

            var deleted = server.send(server.call("/v1/messages/batches/" + id).DELETE());
            var rest = in.readAllBytes();

            assertThat(deleted.statusCode()).isEqualTo(200);
            assertThat(rest).endsWith(bytes);
        }
    }

    private HttpRequest.Builder results(BatchId id) {
        return server.call("/v1/messages/batches/" + id + "/results");
    }

    private BatchId ended(byte[] results) throws Exception {
        var created = server.create("{\"requests\":[{\"custom_id\":\"a\",\"params\":{\"x\":1}}]}");
        var id = new BatchId(json(created).path("id").asString());
        server.desk.end(id, Files.write(folder.resolve(id.value()), results));
        return id;
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElseThrow();
    }
}

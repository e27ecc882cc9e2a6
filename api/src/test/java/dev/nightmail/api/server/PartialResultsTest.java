package dev.nightmail.api.server;

import static dev.nightmail.api.server.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartialResultsTest {

    private static final String FIRST = "{\"custom_id\":\"a\",\"result\":{\"type\":\"expired\"}}\n";
    private static final String SECOND =
            "{\"custom_id\":\"b\",\"result\":{\"type\":\"expired\"}}\n";

    @TempDir private Path folder;
    private TestServer server;
    private BatchId batch;
    private Path file;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        var created =
                server.create(
                        """
                        {"requests":[{"custom_id":"a","params":{}},{"custom_id":"b","params":{}}]}
                        """);
        batch = new BatchId(json(created).path("id").asString());
        file = Files.createFile(folder.resolve("results.jsonl"));
        server.desk.settle(batch, 0, file);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whatHasSettledIsReadFromAnOffsetOn() throws Exception {
        settle(1, FIRST);

        var first = results("?from=0");
        var none = results("?from=" + FIRST.length());
        settle(2, SECOND);
        var second = results("?from=" + FIRST.length());
        var all = results("");

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.body()).isEqualTo(FIRST);
        assertThat(first.headers().firstValue("content-type")).hasValue("application/x-jsonl");
        assertThat(nextOffset(first)).isEqualTo(FIRST.length());
        assertThat(status(first)).isEqualTo("in_progress");
        assertThat(none.statusCode()).isEqualTo(200);
        assertThat(none.body()).isEmpty();
        assertThat(nextOffset(none)).isEqualTo(FIRST.length());
        assertThat(second.body()).isEqualTo(SECOND);
        assertThat(all.body()).isEqualTo(FIRST + SECOND);
    }

    @Test
    void theLastAnswerSaysThatTheBatchHasEnded() throws Exception {
        settle(2, FIRST + SECOND);
        server.desk.end(batch, file);

        var all = results("?from=5");

        assertThat(all.body()).isEqualTo((FIRST + SECOND).substring(5));
        assertThat(nextOffset(all)).isEqualTo(FIRST.length() + SECOND.length());
        assertThat(status(all)).isEqualTo("ended");
    }

    @Test
    void whoWaitsHasTheNextLineAsSoonAsItSettles() throws Exception {
        var waiting = CompletableFuture.supplyAsync(() -> results("?from=0&wait=60"));
        untilSomebodyWaits();

        settle(1, FIRST);

        assertThat(waiting.join().body()).isEqualTo(FIRST);
    }

    @Test
    void whoWaitsForNothingMoreIsAnsweredAtOnce() {
        settle(2, FIRST + SECOND);
        server.desk.end(batch, file);

        var none = results("?wait=60&from=" + (FIRST.length() + SECOND.length()));

        assertThat(none.body()).isEmpty();
        assertThat(status(none)).isEqualTo("ended");
    }

    @Test
    void aServerThatStopsAnswersWhoWaits() {
        var waiting = CompletableFuture.supplyAsync(() -> results("?wait=60"));
        untilSomebodyWaits();

        server.desk.stop();

        assertThat(waiting.join().statusCode()).isEqualTo(200);
        assertThat(status(waiting.join())).isEqualTo("in_progress");
    }

    @Test
    void anOffsetBeyondTheEndIsRefusedWithTheEnd() {
        settle(1, FIRST);

        var response = results("?from=" + (FIRST.length() + 1));

        assertThat(response.statusCode()).isEqualTo(416);
        assertThat(json(response).at("/error/message").asString())
                .isEqualTo("from: the results have %d bytes so far".formatted(FIRST.length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"from=-1", "from=x", "from=99999999999999999999", "wait=61", "wait=-1"})
    void aWrongNumberIsRefusedByName(String query) {
        var response = results("?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/message").asString())
                .startsWith(
                        query.substring(0, query.indexOf('='))
                                + ": Input should be an integer from 0");
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        settle(2, FIRST + SECOND);
        server.desk.end(batch, file);
        server.desk.archive(batch);

        assertThat(results("").statusCode()).isEqualTo(404);
        assertThat(server.get("/nightmail/v1/batches/msgbatch_unknown/results").statusCode())
                .isEqualTo(404);
    }

    private void settle(int succeeded, String lines) {
        try {
            Files.writeString(file, lines, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        server.desk.settle(batch, succeeded, file);
    }

    private void untilSomebodyWaits() {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .until(() -> server.desk.watchers() == 1);
    }

    private HttpResponse<String> results(String query) {
        try {
            return server.get("/nightmail/v1/batches/" + batch + "/results" + query);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static long nextOffset(HttpResponse<String> response) {
        return response.headers().firstValueAsLong("nightmail-next-offset").orElseThrow();
    }

    private static String status(HttpResponse<String> response) {
        return response.headers().firstValue("nightmail-processing-status").orElseThrow();
    }
}

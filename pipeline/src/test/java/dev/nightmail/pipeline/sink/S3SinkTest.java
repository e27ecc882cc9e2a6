package dev.nightmail.pipeline.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.nightmail.pipeline.s3.S3Place;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.S3Server;
import dev.nightmail.pipeline.testing.TestWorld;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An object in S3 keeps the contract of all sinks. */
@SuppressWarnings("NullAway.Init")
class S3SinkTest extends SinkContract {

    private static S3Server server;

    @TempDir Path folder;

    /** Each test has objects of its own. */
    private final String run = UUID.randomUUID().toString();

    private String bucket = S3Server.BUCKET;

    @BeforeAll
    static void start() throws Exception {
        server = new S3Server();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Override
    protected Sink open() {
        return new S3SinkDefinition(
                        new S3Place(bucket, key()),
                        SinkFormat.JSONL,
                        Formulas.ESCAPE,
                        false,
                        FileMode.CURRENT,
                        folder.resolve(".nightmail/work/answers.jsonl"),
                        folder.resolve("sample.jsonl"))
                .open(context);
    }

    private String key() {
        return run + "/out/results.jsonl";
    }

    @Override
    protected Map<String, String> delivered() throws Exception {
        return labels(new String(server.bytes(key()), StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void nothingStaysOnThisMachine() throws Exception {
        answers.add("a", "{\"label\": \"good\"}");

        run(true);

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aCheckLeavesNoObject() throws Exception {
        try (var sink = open()) {
            sink.check(answers);
        }

        assertThat(server.has(key())).isFalse();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void itIsWrittenOnceAMinuteAtMostWhileARunGoesOn() throws Exception {
        try (var sink = open()) {
            answers.add("a", "{\"label\": \"good\"}");
            assertThat(sink.deliver(answers)).isEqualTo(1);
            answers.add("b", "{\"label\": \"good\"}");

            context.passes(Duration.ofSeconds(59));
            assertThat(sink.deliver(answers)).isZero();

            context.passes(Duration.ofSeconds(1));
            assertThat(sink.deliver(answers)).isEqualTo(2);
        }
    }

    @Test
    void anObjectThatThisPipelineDidNotWriteStaysUnlessItsAuthorSaysSo() throws Exception {
        server.put(key(), "the only copy");
        answers.add("a", "{\"label\": \"good\"}");

        assertThatThrownBy(() -> run(true))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining(
                        key() + " is there already, and this pipeline did not write it");
        assertThat(server.bytes(key())).asString().isEqualTo("the only copy");

        context.allowOverwriting();
        run(true);
        assertThat(delivered()).containsOnlyKeys("a");
    }

    @Test
    void whatIsWrongIsSaidBeforeAnythingIsSentAndNoSecretIsShown() {
        bucket = "no-such-bucket";
        assertThatThrownBy(() -> run(true))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("sink.file: cannot write s3://no-such-bucket/" + key())
                .hasMessageContaining("NoSuchBucket")
                .hasMessageContaining("make it, or name another");
        bucket = S3Server.BUCKET;
        server.refuse();
        try {
            var refused = catchThrowable(() -> run(true));
            assertThat(refused)
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("HTTP 403, SignatureDoesNotMatch")
                    .hasMessageContaining("s3:PutObject");
            assertThat(refused).hasMessageNotContaining("an0ther");
        } finally {
            server.accept();
        }
    }

    @Test
    void aPipelineWritesItsAnswersThere() throws Exception {
        var pipeline =
                PipelineFolder.withTexts(folder, 3)
                        .replacing(
                                "results.jsonl",
                                "\"s3://bucket/%s/results.csv.gz\"".formatted(run));

        try (var batches = new FakeBatches()) {
            pipeline.run(batches, new TestWorld(1));
            var summary = pipeline.run(batches, new TestWorld(2));

            assertThat(summary.answerPlace())
                    .isEqualTo("s3://bucket/%s/results.csv.gz".formatted(run));
        }

        try (var in =
                new GZIPInputStream(
                        new ByteArrayInputStream(server.bytes(run + "/results.csv.gz")))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("id,answer\r\ntexts/000.txt,")
                    .contains("\r\ntexts/002.txt,");
        }
    }
}

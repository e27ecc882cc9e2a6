package dev.nightmail.pipeline.stdio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.run.PipelineRun;
import dev.nightmail.pipeline.run.RunEvent;
import dev.nightmail.pipeline.run.RunOptions;
import dev.nightmail.pipeline.run.RunSummary;
import dev.nightmail.pipeline.sink.ReaderGoneException;
import dev.nightmail.pipeline.streams.StandardStreams;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs between two programs, in batches of two. */
@SuppressWarnings("NullAway.Init")
class PipedRunTest {

    private static final String INPUT =
            IntStream.range(0, 6)
                    .mapToObj(number -> "{\"id\": %d, \"text\": \"t\"}\n".formatted(number))
                    .collect(Collectors.joining());

    @TempDir Path folder;
    private final TestWorld world = new TestWorld(1);
    private final ArrayList<Integer> rowsAtEachBatch = new ArrayList<>();

    private RunSummary run(FakeBatches server, String input, OutputStream output) throws Exception {
        var pipeline =
                new PipelineFolder(folder)
                        .file(
                                "pipeline.yaml",
                                """
                                source: { stdin: jsonl }
                                model: claude-haiku-4-5
                                max_tokens: 100
                                prompt: 'Say {{text}}'
                                sink: { stdout: jsonl }
                                """);
        var streams =
                new StandardStreams(new ByteArrayInputStream(input.getBytes(UTF_8)), false, output);
        return PipelineRun.of(
                        pipeline.definition(),
                        PipelineFolder.endpoint(server),
                        world.environment(2).withStreams(streams))
                .run(
                        RunOptions.withoutAsking(),
                        event -> {
                            if (event instanceof RunEvent.AnswersDelivered) {
                                rowsAtEachBatch.add((int) output.toString().lines().count());
                            }
                        });
    }

    @Test
    void rowsComeOutBatchByBatchEachOnce() throws Exception {
        try (var server = new FakeBatches().endingOneAfterTheOther()) {
            var output = new ByteArrayOutputStream();

            var summary = run(server, INPUT, output);

            assertThat(summary.done()).isEqualTo(6);
            assertThat(rowsAtEachBatch).containsExactly(2, 4, 6);
            assertThat(output.toString(UTF_8).lines()).hasSize(6).doesNotHaveDuplicates();
        }
    }

    @Test
    void aRunOverOtherRecordsWritesOnlyTheirAnswers() throws Exception {
        try (var server = new FakeBatches()) {
            run(server, INPUT, new ByteArrayOutputStream());
            var output = new ByteArrayOutputStream();

            run(
                    server,
                    "{\"id\": 0, \"text\": \"t\"}\n{\"id\": \"new\", \"text\": \"t\"}\n",
                    output);

            assertThat(output.toString(UTF_8).lines())
                    .satisfiesExactlyInAnyOrder(
                            line -> assertThat(line).startsWith("{\"id\":\"0\""),
                            line -> assertThat(line).startsWith("{\"id\":\"new\""));
        }
    }

    @Test
    void aReaderThatGoesEndsTheRunAndTheNextOnePaysForNothingTwice() throws Exception {
        try (var server = new FakeBatches()) {
            var broken =
                    new OutputStream() {
                        @Override
                        public void write(int value) throws IOException {
                            throw new IOException("Broken pipe");
                        }
                    };

            assertThatThrownBy(() -> run(server, INPUT, broken))
                    .isInstanceOf(ReaderGoneException.class);

            var output = new ByteArrayOutputStream();
            run(server, INPUT, output);
            assertThat(output.toString(UTF_8).lines()).hasSize(6);
            assertThat(server.requestsAccepted()).isEqualTo(6);
        }
    }
}

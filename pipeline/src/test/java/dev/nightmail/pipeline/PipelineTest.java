package dev.nightmail.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.nightmail.pipeline.PipelineException.Kind;
import dev.nightmail.pipeline.source.SourceRecord;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.TestWorld;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library, as a program uses it. */
class PipelineTest {

    @TempDir private Path folder;
    private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);
    private final Map<String, String> answers = new TreeMap<>();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void anEstimateSendsNothingAndARunAnswersEveryRecord() throws Exception {
        var pipeline = here(records(3).build());

        var estimate = pipeline.estimate();
        var summary = pipeline.run();

        assertThat(estimate.requests()).isEqualTo(3);
        assertThat(estimate.costMicros()).isNotNull();
        assertThat(summary.end()).isEqualTo(Summary.End.COMPLETE);
        assertThat(summary.answered()).isEqualTo(3);
        assertThat(answers).containsOnlyKeys("r0", "r1", "r2");
        assertThat(server.batches()).hasSize(1);
    }

    @Test
    void aSecondRunAsksNothingAgainAndHandsOverAllAnswers() throws Exception {
        var pipeline = here(records(2).build());
        pipeline.run();
        answers.clear();

        var summary = pipeline.run();

        assertThat(summary.costMicros()).isZero();
        assertThat(answers).containsOnlyKeys("r0", "r1");
        assertThat(server.batches()).hasSize(1);
    }

    @Test
    void eventsComeInOrderAndTheLastOneIsTheSummary() throws Exception {
        var events = new ArrayList<PipelineEvent>();

        var summary = here(records(2).build()).run(events::add);

        assertThat(events)
                .hasAtLeastOneElementOfType(PipelineEvent.Planned.class)
                .hasAtLeastOneElementOfType(PipelineEvent.BatchCollected.class)
                .endsWith(new PipelineEvent.Finished(summary));
    }

    @Test
    void whatAListenerThrowsEndsTheRunAndIsThrown() {
        var failure = new IllegalStateException("enough");
        var pipeline = here(records(1).build());

        assertThat(
                        catchThrowableOfType(
                                IllegalStateException.class,
                                () ->
                                        pipeline.run(_ -> {
                                            throw failure;
                                        })))
                .isSameAs(failure);
    }

    @Test
    void aFlowEndsWithTheSummary() throws Exception {
        var events = new Subscriber();

        here(records(2).build()).events().subscribe(events);

        assertThat(events.untilEnd()).last().isInstanceOf(PipelineEvent.Finished.class);
        assertThat(events.failure).isNull();
        assertThat(answers).hasSize(2);
    }

    @Test
    void aFlowOfARunThatCannotGoOnEndsWithTheReason() throws Exception {
        server.refuseCreate.set(400);
        var events = new Subscriber();

        here(records(1).build()).events().subscribe(events);

        events.untilEnd();
        assertThat(events.failure)
                .isInstanceOfSatisfying(
                        PipelineException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.ENDPOINT));
    }

    @Test
    void aSampleAsksTheFirstRecordsOnly() throws Exception {
        var pipeline =
                here(
                        withoutSink(List.of(record("r0"), record("r1"), record("r2")))
                                .sink(Path.of("results.jsonl"))
                                .build());

        pipeline.withLimit(2).run();

        assertThat(Files.readAllLines(folder.resolve("results.sample.jsonl"))).hasSize(2);
        assertThat(folder.resolve("results.jsonl")).doesNotExist();
    }

    @Test
    void whatWasSubmittedIsCollectedLater() throws Exception {
        var pipeline = here(records(2).build());

        var submitted = pipeline.submit();
        var collected = pipeline.collect();

        assertThat(submitted.end()).isEqualTo(Summary.End.BATCHES_OUT);
        assertThat(collected).map(Summary::answered).contains(2L);
        assertThat(answers).hasSize(2);
    }

    @Test
    void nothingWasSubmittedSoNothingIsCollected() throws Exception {
        assertThat(here(records(1).build()).collect()).isEmpty();
    }

    @Test
    void aFileIsReadByTheSameReaderWithItsVariables() throws Exception {
        Files.writeString(folder.resolve("records.csv"), "id,text\nr1,hello\n");
        Files.writeString(
                folder.resolve("reviews.yaml"),
                """
                source: { sql: "select id, text from 'records.csv'" }
                model: ${MODEL}
                max_tokens: 100
                prompt: "{{text}}"
                output: { schema: { type: object, required: [label] } }
                sink: { file: results.jsonl }
                """);
        server.answering((_, _, _) -> FakeBatches.message("{\"label\": 1}"));

        var pipeline =
                Pipeline.read(folder.resolve("reviews.yaml"), Map.of("MODEL", "claude-haiku-4-5"));
        here(pipeline).run();

        assertThat(Files.readString(folder.resolve("results.jsonl"))).contains("\"label\":1");
    }

    @Test
    void aRecordWithoutAnIdIsSetAsideAndStopsNoOther() throws Exception {
        var records = List.of(record("r1"), record(" "), record("r2"));

        var summary = here(records(records).build()).run();

        assertThat(answers).containsOnlyKeys("r1", "r2");
        assertThat(summary.failed()).containsEntry("unusable_record", 1L);
    }

    @Test
    void withoutKeyAndEndpointItIsToldWhatToGive() {
        var pipeline = records(1).build();

        assertThat(failure(pipeline)).returns(Kind.ENDPOINT, PipelineException::kind);
        assertThat(failure(pipeline))
                .hasMessageStartingWith("there is nobody to ask: give withApiKey(…) for Claude");
        assertThat(failure(pipeline.withEndpoint(URI.create("https://batches.example"))))
                .hasMessage("the endpoint https://batches.example needs a key: give withApiKey(…)");
    }

    @Test
    void aSourceWithoutRecordsIsNoFailureOfAnybody() {
        assertThat(failure(here(records(0).build())))
                .returns(Kind.NO_RECORDS, PipelineException::kind);
    }

    @Test
    void anAnswerThatIsNotTakenIsHandedOverAgain() throws Exception {
        var refusing = new ArrayList<>(List.of("r0"));
        var pipeline =
                here(
                        withoutSink(List.of(record("r0")))
                                .answers((id, answer) -> {
                                    if (refusing.remove(id)) {
                                        throw new IOException("no room");
                                    }
                                    answers.put(id, answer);
                                })
                                .build());

        assertThat(failure(pipeline)).returns(Kind.SINK, PipelineException::kind);
        pipeline.run();

        assertThat(answers).containsOnlyKeys("r0");
        assertThat(server.batches()).hasSize(1);
    }

    private PipelineBuilder records(int count) {
        var records = new ArrayList<SourceRecord>();
        for (int number = 0; number < count; number++) {
            records.add(record("r" + number));
        }
        return records(records);
    }

    private static SourceRecord record(String id) {
        return SourceRecord.of(id, Map.of("text", "text of " + id));
    }

    private PipelineBuilder records(List<SourceRecord> records) {
        return withoutSink(records).answers(answers::put);
    }

    private PipelineBuilder withoutSink(List<SourceRecord> records) {
        return Pipeline.builder(folder, "test")
                .records(records)
                .model("claude-haiku-4-5")
                .maxTokens(100)
                .prompt("Say something of {{text}}");
    }

    private Pipeline here(Pipeline pipeline) {
        return pipeline.withEndpoint(server.uri()).in(world.environment(1000));
    }

    private static PipelineException failure(Pipeline pipeline) {
        return catchThrowableOfType(PipelineException.class, pipeline::run);
    }

    /** Gathers the events of a run. */
    private static final class Subscriber implements Flow.Subscriber<PipelineEvent> {
        private final BlockingQueue<Runnable> told = new LinkedBlockingQueue<>();
        private final List<PipelineEvent> events = new ArrayList<>();
        private boolean ended;
        private @Nullable Throwable failure;

        List<PipelineEvent> untilEnd() throws InterruptedException {
            while (!ended) {
                var next = told.poll(30, TimeUnit.SECONDS);
                if (next == null) {
                    throw new AssertionError("the run does not end: " + events);
                }
                next.run();
            }
            return events;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(PipelineEvent event) {
            told.add(() -> events.add(event));
        }

        @Override
        public void onError(Throwable reason) {
            told.add(() -> {
                failure = reason;
                ended = true;
            });
        }

        @Override
        public void onComplete() {
            told.add(() -> ended = true);
        }
    }
}

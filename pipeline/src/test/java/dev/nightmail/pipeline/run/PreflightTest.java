package dev.nightmail.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.UnreachableException;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.FakeBatches.Foreign;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the free calls say is believed before anything is paid for. */
@SuppressWarnings("NullAway.Init")
class PreflightTest {

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);

    @Test
    void aModelThatTheEndpointDoesNotKnowIsRefusedBeforeAnythingIsSent() throws Exception {
        server.refusingToCount("not_found_error", "model: claude-haiku-4-5");

        assertThatThrownBy(() -> PipelineFolder.withTexts(folder, 3).run(server, world))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("does not know claude-haiku-4-5")
                .hasMessageEndingWith("Nothing was sent");
        assertThat(server.batches()).isEmpty();
    }

    @Test
    void aSchemaThatTheEndpointRefusesIsRefusedBeforeAnythingIsSent() throws Exception {
        server.refusingToCount(
                "invalid_request_error", "output_config.format.schema: minimum is not supported");

        assertThatThrownBy(() -> PipelineFolder.withTexts(folder, 3).run(server, world))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("minimum is not supported");
        assertThat(server.batches()).isEmpty();
    }

    @Test
    void moreTokensThanTheModelWritesAreRefusedBeforeAnythingIsSent() throws Exception {
        server.whoseModelsWrite(99);

        assertThatThrownBy(() -> PipelineFolder.withTexts(folder, 3).run(server, world))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("writes at most 99 tokens, and 100 are asked for");
        assertThat(server.batches()).isEmpty();
    }

    static Stream<Foreign> whatIsNotThisApi() {
        return Stream.of(
                Foreign.page(200),
                new Foreign(200, "text/plain", "It works!"),
                new Foreign(200, "application/json", "\"ok\""),
                new Foreign(204, "text/plain", ""));
    }

    @ParameterizedTest
    @MethodSource("whatIsNotThisApi")
    void anAddressWhereSomethingElseAnswersIsGivenNoPrompt(Foreign answer) throws Exception {
        server.answering("", answer);

        assertThatThrownBy(() -> PipelineFolder.withTexts(folder, 3).run(server, world))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessage(
                        "asking for model claude-haiku-4-5 was answered with a page, not with the Message Batches API: is "
                                + server.uri()
                                + " the right address?");
        assertThat(server.calls()).doesNotContain("POST /v1/messages/batches");
    }

    @Test
    void aPageInPlaceOfACountIsBelievedToo() throws Exception {
        server.answering("POST /v1/messages/count_tokens", Foreign.page(200))
                .answering("GET /v1/messages/batches", Foreign.page(200));

        assertThatThrownBy(() -> PipelineFolder.withTexts(folder, 3).run(server, world))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessageContaining("counting tokens was answered with a page");
        assertThat(server.calls()).doesNotContain("POST /v1/messages/batches");
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 405, 501})
    void anEndpointThatLacksTheFreeCallsIsRunAt(int status) throws Exception {
        server.answering("GET /v1/models/", Foreign.page(status))
                .answering("POST /v1/messages/count_tokens", Foreign.page(status));

        assertThat(PipelineFolder.withTexts(folder, 3).run(server, world).done()).isEqualTo(3);
    }

    @Test
    void aGatewayThatPassesOnBatchesAloneIsRunAt() throws Exception {
        server.answering("GET /v1/models/", Foreign.page(200))
                .answering("POST /v1/messages/count_tokens", Foreign.page(200));

        assertThat(PipelineFolder.withTexts(folder, 3).run(server, world).done()).isEqualTo(3);
    }

    @Test
    void aBatchThatMayBeThereIsInDoubtInAPreview() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        server.answering("POST /v1/messages/batches", Foreign.page(200))
                .answering("GET /v1/messages/batches", Foreign.page(502));
        assertThatThrownBy(() -> pipeline.run(server, world)).isNotNull();

        var preview =
                PipelineRun.of(
                                pipeline.definition(),
                                PipelineFolder.endpoint(server),
                                world.environment(10))
                        .preview();

        assertThat(preview.inDoubt()).containsExactly(new Preview.InDoubt(1, 3));
    }

    @Test
    void theFirstFailureIsToldAndNoOther() throws Exception {
        var events = new ArrayList<RunEvent>();
        server.answering("", Foreign.page(503));

        assertThatThrownBy(() ->
                        PipelineFolder.withTexts(folder, 3)
                                .run(PipelineFolder.endpoint(server), world, 10, events::add))
                .isNotNull();

        assertThat(events)
                .filteredOn(RunEvent.Retrying.class::isInstance)
                .containsExactly(new RunEvent.Retrying(server.uri() + " answers 503"));
        assertThat(events.getFirst()).isInstanceOf(RunEvent.Retrying.class);
    }

    @Test
    void anEndpointThatCannotBeReachedIsCalledOnceNotOnceAFreeCall() throws Exception {
        var endpoint = PipelineFolder.endpoint(server);
        server.close();
        var before = world.clock().instant();
        var pipeline = PipelineFolder.withTexts(folder, 3);

        assertThatThrownBy(() -> pipeline.run(endpoint, world, 10, _ -> {}))
                .isInstanceOf(UnreachableException.class)
                .hasMessageStartingWith("asking for model claude-haiku-4-5 failed");
        var once = Duration.between(before, world.clock().instant());
        var preview =
                PipelineRun.of(pipeline.definition(), endpoint, world.environment(10)).preview();

        assertThat(preview.estimate().basis()).contains("length");
        assertThat(Duration.between(before, world.clock().instant()))
                .isLessThan(once.multipliedBy(3));
    }

    @Test
    void aRecordThatTheModelCannotReadToItsEndIsNamedBeforehand() throws Exception {
        server.answering(
                "GET /v1/models/",
                new FakeBatches.Foreign(
                        200, "application/json", "{\"id\":\"m\",\"max_input_tokens\":1000}"));
        var pipeline =
                PipelineFolder.withTexts(folder, 3)
                        .file(PipelineFolder.textId(1), "word ".repeat(4_000));

        var preview =
                PipelineRun.of(
                                pipeline.definition(),
                                PipelineFolder.endpoint(server),
                                world.environment(1000))
                        .preview();

        assertThat(preview.tooLong()).hasSize(1);
        assertThat(preview.tooLong().getFirst())
                .startsWith(PipelineFolder.textId(1) + ": has some ")
                .contains("claude-haiku-4-5 reads 1,000");
    }

    @Test
    void aServerThatDoesNotCountIsNoReasonNotToRun() throws Exception {
        server.refusingToCount("not_found_error", "upstream local does not count tokens");

        assertThat(PipelineFolder.withTexts(folder, 3).run(server, world).done()).isEqualTo(3);
    }

    @Test
    void aRunWithNothingToSendAsksForNoModel() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        pipeline.run(server, world);
        server.whoseModelsWrite(99);

        assertThat(pipeline.run(server, world).done()).isEqualTo(3);
    }

    @Test
    void progressNeverTellsOfMoreThanThePlanHas() throws Exception {
        var events = new ArrayList<RunEvent>();
        var pipeline = PipelineFolder.withTexts(folder, 20);

        pipeline.run(PipelineFolder.endpoint(server), world, 7, events::add);

        assertThat(events)
                .filteredOn(RunEvent.Progress.class::isInstance)
                .isNotEmpty()
                .allSatisfy(event -> {
                    var progress = (RunEvent.Progress) event;
                    assertThat(progress.settled()).isBetween(0L, progress.total());
                });
    }
}

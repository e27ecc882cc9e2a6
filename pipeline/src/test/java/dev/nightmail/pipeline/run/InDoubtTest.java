package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.error;
import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.customid.CustomId;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.FakeBatches.Foreign;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are not the service's own: nothing is sent, and paid for, twice because of them. */
@SuppressWarnings("NullAway.Init")
class InDoubtTest {

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);
    private final List<RunEvent> events = new ArrayList<>();

    static Stream<Foreign> wordsOfSomethingInBetween() {
        return Stream.of(
                Foreign.page(503),
                Foreign.page(502),
                Foreign.page(529),
                Foreign.page(429),
                Foreign.page(404),
                Foreign.page(403),
                Foreign.page(400),
                Foreign.page(200),
                Foreign.page(303),
                new Foreign(503, "application/json", "{\"message\": \"no healthy upstream\"}"),
                new Foreign(200, "application/json", "{\"id\": \"msgbat"),
                new Foreign(202, "text/plain", ""));
    }

    @ParameterizedTest
    @MethodSource("wordsOfSomethingInBetween")
    void aCreateThatAProxyAnsweredIsLookedForBeforeItIsSentAgain(Foreign answer) throws Exception {
        server.createAnswers.add(answer);

        var summary = run(PipelineFolder.withTexts(folder, 3), false);

        assertThat(summary.done()).isEqualTo(3);
        assertThat(server.batches()).hasSize(1);
        assertThat(server.requestsAccepted()).isEqualTo(3);
        assertThat(events)
                .anyMatch(event ->
                        event instanceof RunEvent.BatchSubmitted submitted && submitted.found());
    }

    @Test
    void aServicesOwnWordThatItTookNothingIsBelieved() throws Exception {
        server.overloadCreates.set(2);

        assertThat(run(PipelineFolder.withTexts(folder, 3), false).done()).isEqualTo(3);
        assertThat(events).noneMatch(RunEvent.BatchSought.class::isInstance);
    }

    @Test
    void aBatchIsFollowedThoughItIsNotSaidWhenItWasMade() throws Exception {
        server.createAnswers.add(
                new Foreign(
                        200,
                        "application/json",
                        "{\"id\":\"msgbatch_1\",\"processing_status\":\"in_progress\"}"));

        assertThat(run(PipelineFolder.withTexts(folder, 3), false).done()).isEqualTo(3);
        assertThat(events).noneMatch(RunEvent.BatchSought.class::isInstance);
    }

    @Test
    void aCandidateWhoseResultsAreAPageMayBeOurs() throws Exception {
        server.createAnswers.add(Foreign.page(504));
        server.resultsAnswers.add(Foreign.page(200));

        assertThat(run(PipelineFolder.withTexts(folder, 3), false).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3);
    }

    @Test
    void aCandidateThatLacksALineIsStillOurs() throws Exception {
        server.createAnswers.add(Foreign.page(504));
        server.shortenResults.set(1);

        assertThat(run(PipelineFolder.withTexts(folder, 3), false).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3);
    }

    @Test
    void resultsThatAreAPageAreFetchedAgain() throws Exception {
        server.resultsAnswers.add(Foreign.page(200));
        server.resultsAnswers.add(
                new Foreign(
                        200,
                        "application/json",
                        "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"x\"}}"));
        server.resultsAnswers.add(new Foreign(200, "text/plain", ""));

        assertThat(run(PipelineFolder.withTexts(folder, 3), true).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3);
        assertThat(awaited()).containsExactly(3L, 3L, 3L);
    }

    @Test
    void resultsThatLackALineAreFetchedAgain() throws Exception {
        server.shortenResults.set(4);

        assertThat(run(PipelineFolder.withTexts(folder, 3), true).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3);
        assertThat(awaited()).containsExactly(1L, 1L, 1L, 1L);
    }

    @Test
    void aRequestThatStaysWithoutAResultIsSetAsideAfterAnHourAndNeverSentAgain() throws Exception {
        var begin = world.clock().instant();
        server.shortenResults.set(100);
        var pipeline = PipelineFolder.withTexts(folder, 3);

        var summary = run(pipeline, true);

        assertThat(summary.done()).isEqualTo(2);
        assertThat(summary.failed()).containsOnly(Map.entry("no_result", 1L));
        assertThat(Duration.between(begin, world.clock().instant()))
                .isBetween(Duration.ofHours(1), Duration.ofMinutes(75));
        assertThat(pipeline.jsonLines("failed.jsonl").getFirst().path("message").asString())
                .contains("msgbatch_1 ended without a result", "not sent again by itself");

        server.shortenResults.set(0);
        assertThat(run(pipeline, true).failed()).containsOnlyKeys("no_result");
        assertThat(server.requestsAccepted()).isEqualTo(3);
    }

    @Test
    void howLongAResultIsWaitedForIsSaidInThePipelineFile() throws Exception {
        var begin = world.clock().instant();
        server.shortenResults.set(100);
        var pipeline = PipelineFolder.withTexts(folder, 3).adding("retry: { missing: 5m }\n");

        assertThat(run(pipeline, true).failed()).containsOnlyKeys("no_result");
        assertThat(Duration.between(begin, world.clock().instant()))
                .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(20));
    }

    @Test
    void anAnswerCountsWhateverElseTheResultsSayOfItsRequest() throws Exception {
        server.addingToResults(
                "{\"custom_id\":\"%1$s\",\"result\":{\"type\":\"expired\"}}\n{\"custom_id\":\"%1$s\",\"result\":%2$s}\n"
                        .formatted(
                                CustomId.ofRecord(PipelineFolder.textId(0)).value(),
                                error("overloaded_error")));

        assertThat(run(PipelineFolder.withTexts(folder, 3), true).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3);
    }

    @Test
    void aSuccessWithoutAMessageMayHaveBeenPaidAndIsNotSentAgain() throws Exception {
        server.answering((id, params, before) -> FakeBatches.bare("succeeded"));

        assertThatThrownBy(() -> run(PipelineFolder.withTexts(folder, 1), true))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("the results of msgbatch_1 cannot be read");
        assertThat(server.requestsAccepted()).isEqualTo(1);
    }

    @Test
    void aBatchWithoutAnyReadableResultIsNeverSentAgain() throws Exception {
        for (int download = 0; download < 100; download++) {
            server.resultsAnswers.add(Foreign.page(200));
        }
        var pipeline = PipelineFolder.withTexts(folder, 3);

        assertThatThrownBy(() -> run(pipeline, true))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("the results of msgbatch_1 cannot be read");

        server.resultsAnswers.clear();
        assertThat(run(pipeline, true).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 302, 403, 404, 503})
    void aPageInPlaceOfABatchIsWaitedOut(int status) throws Exception {
        server.endingAfterPolls(3);
        server.lookUpAnswers.add(Foreign.page(status));
        server.resultsAnswers.add(Foreign.page(status));

        assertThat(run(PipelineFolder.withTexts(folder, 3), true).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "400, Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
        "400, You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
        "402, No money",
        "401, invalid credential"
    })
    void aCreateRefusedForTheAccountLeavesItsRecordsToTheNextRun(int status, String words)
            throws Exception {
        server.refuseCreate.set(status);
        server.refusalMessage.set(words);
        var pipeline = PipelineFolder.withTexts(folder, 3);

        assertThatThrownBy(() -> run(pipeline, true))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.isOfAccount()).isTrue())
                .hasMessageContaining(words);

        assertThat(run(pipeline, true).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "invalid_request_error, Your credit balance is too low to access the Anthropic API., account",
        "invalid_request_error, This organization has been disabled., account",
        "billing_error, Payment required, account",
        "permission_error, Your key may not use this model, account",
        "authentication_error, invalid x-api-key, account",
        "invalid_request_error, messages: at least one message is required, invalid_request",
        "invalid_request_error, prompt is too long: 250000 tokens > 200000 maximum, context_window",
        "not_found_error, model: claude-none, invalid_request"
    })
    void anErroredResultIsOfTheAccountOrOfItsRequest(String type, String words, String reason)
            throws Exception {
        server.answering(
                (id, params, before) -> before == 0 ? error(type, words) : message("fine"));
        var pipeline = PipelineFolder.withTexts(folder, 2);

        assertThat(run(pipeline, true).failed()).containsOnlyKeys(reason);

        assertThat(run(pipeline, true).done())
                .as("tried again by the next run")
                .isEqualTo(reason.equals("account") ? 2 : 0);
    }

    private List<Long> awaited() {
        return events.stream()
                .filter(RunEvent.ResultsAwaited.class::isInstance)
                .map(event -> ((RunEvent.ResultsAwaited) event).missing())
                .toList();
    }

    private RunSummary run(PipelineFolder pipeline, boolean honours) throws InterruptedException {
        return pipeline.run(PipelineFolder.endpoint(server, honours), world, 10, events::add);
    }
}

package dev.nightmail.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.Secret;
import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.FakeBatches.Foreign;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** What an answer costs is asked of who answers. */
@SuppressWarnings("NullAway.Init")
class BillingTest {

    private static final String NO_MONEY = "budget: { usd: 0.0000001 }";

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);

    private PipelineFolder pipeline(String... lines) throws Exception {
        var all = new ArrayList<>(List.of(lines));
        all.add("prompt: '{{text}}'");
        return PipelineFolder.withRecords(folder, 20).pipeline(all.toArray(String[]::new));
    }

    private void says(String billing) {
        server.answering(
                "GET /v1/models/",
                new Foreign(
                        200,
                        "application/json",
                        "{\"id\":\"m\",\"nightmail\":{\"billing\":%s}}".formatted(billing)));
    }

    private Preview preview(PipelineFolder pipeline) throws InterruptedException {
        return PipelineRun.of(
                        pipeline.definition(),
                        PipelineFolder.endpoint(server),
                        world.environment(1000))
                .preview();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"simulated\"", "\"free\""})
    void aBudgetStopsNoRunThatNobodyPaysFor(String billing) throws Exception {
        says(billing);

        var summary = pipeline(NO_MONEY).run(server, world);

        assertThat(summary.end()).isEqualTo(RunSummary.End.COMPLETE);
        assertThat(summary.done()).isEqualTo(20);
    }

    @Test
    void whatWasFreeCountsAgainstNoBudgetLaterOn() throws Exception {
        says("\"free\"");
        pipeline("budget: { usd: 0.003 }").run(server, world);
        var other = Endpoint.nightmail(server.uri(), new Secret("key"), "other");
        says("\"batch\"");

        var summary = pipeline("budget: { usd: 0.003 }").run(other, world, 100, _ -> {});

        assertThat(summary.done()).isEqualTo(20);
        assertThat(summary.costMicros()).isPositive();
        assertThat(summary.totalCostMicros()).isEqualTo(summary.costMicros());
    }

    @Test
    void whatWasChargedStaysCountedAndDoesNotStopWhatIsFree() throws Exception {
        says("\"batch\"");
        var charged = pipeline().run(server, world);
        says("\"free\"");

        var free = pipeline(NO_MONEY, "betas: [ other ]").run(server, world);

        assertThat(free.done()).isEqualTo(20);
        assertThat(free.costMicros()).isZero();
        assertThat(free.totalCostMicros()).isEqualTo(charged.costMicros());
        assertThat(preview(pipeline()).spentMicros()).isEqualTo(charged.costMicros());
    }

    @ParameterizedTest
    @CsvSource({"'\"batch\"', 10000", "'\"standard\"', 20000", "null, 10000", "'\"free\"', 0"})
    void theEstimateAndTheAccountHaveTheSamePrice(String billing, long likely) throws Exception {
        says(billing);
        server.answering(
                "POST /v1/messages/count_tokens",
                new Foreign(200, "application/json", "{\"input_tokens\":100}"));
        var pipeline =
                pipeline("prices: prices.yaml")
                        .file(
                                "prices.yaml",
                                "- { model: claude-haiku-4-5, input: 10, output: 0, batch: 0.5 }");

        var estimate = Objects.requireNonNull(preview(pipeline).estimate().costMicros(), "priced");
        var cost = Objects.requireNonNull(pipeline.run(server, world).costMicros(), "priced");

        assertThat(cost).isEqualTo(likely);
        assertThat(estimate.likely()).isCloseTo(cost, withinPercentage(5));
    }

    @Test
    void cachedTokensAreEstimatedAndAccountedAtTheirOwnPrices() throws Exception {
        says("\"standard\"");
        server.answering((_, _, _) -> {
            var result = FakeBatches.message("fine");
            ((ObjectNode) result.at("/message/usage"))
                    .put("input_tokens", 0)
                    .put("cache_read_input_tokens", 100);
            return result;
        });
        var pipeline =
                pipeline("prices: prices.yaml")
                        .file(
                                "prices.yaml",
                                "- { model: claude-haiku-4-5, input: 10, output: 0, read: 2 }");

        assertThat(pipeline.run(server, world).costMicros()).isEqualTo(20 * 100 * 2);
    }

    @Test
    void aCachedSystemPromptThatIsTooShortForTheModelIsPricedUncachedAndSaidSo() throws Exception {
        says("\"batch\"");
        server.answering(
                "POST /v1/messages/count_tokens",
                new Foreign(200, "application/json", "{\"input_tokens\":100}"));
        var estimate = preview(pipeline("system: { text: 'Be brief.', cache: 1h }")).estimate();
        var plain = preview(pipeline("system: { text: 'Be brief, do.' }")).estimate();

        assertThat(estimate.basis())
                .contains(
                        "system.cache does nothing, since claude-haiku-4-5 caches prompts of 4,096");
        assertThat(Objects.requireNonNull(estimate.costMicros(), "priced").likely())
                .isCloseTo(
                        Objects.requireNonNull(plain.costMicros(), "priced").likely(),
                        withinPercentage(5));
    }

    @Test
    void whatABatchSavesIsForetoldAndSummedUp() throws Exception {
        var pipeline = pipeline();
        says("\"standard\"");
        assertThat(preview(pipeline).estimate().savedMicros()).isNull();
        says("\"batch\"");

        var foretold = preview(pipeline).estimate();
        var summary = pipeline.run(server, world);

        assertThat(foretold.savedMicros())
                .isEqualTo(Objects.requireNonNull(foretold.costMicros(), "priced").likely());
        assertThat(summary.savedMicros()).isPositive().isEqualTo(summary.costMicros());
    }

    @Test
    void anEndpointThatSaysNothingIsAssumedToChargeTheListPrice() throws Exception {
        var preview = preview(pipeline());

        assertThat(preview.tariff().billing()).isEqualTo(Billing.ASSUMED);
        assertThat(preview.estimate().costMicros()).isNotNull();
        assertThat(preview.estimate().basis())
                .contains("the endpoint does not say what it charges");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"gratis\"", "\"assumed\"", "7", "[\"free\"]", "\"\""})
    void aWordThatNobodyKnowsIsSaidAndTakenForTheListPrice(String word) throws Exception {
        says(word);

        var preview = preview(pipeline());

        assertThat(preview.tariff().billing()).isEqualTo(Billing.ASSUMED);
        assertThat(preview.estimate().basis())
                .contains("which is no word known here", "Anthropic's batch price is assumed");
    }

    @Test
    void aPriceOfOnesOwnIsNotCalledAssumed() throws Exception {
        var pipeline =
                pipeline("prices: mine.yaml")
                        .file("mine.yaml", "- { model: claude-haiku-4-5, input: 1, output: 1 }");

        var preview = preview(pipeline);

        assertThat(preview.tariff().words()).isEqualTo("the batch price of mine.yaml");
        assertThat(preview.estimate().basis()).doesNotContain("assumed");
    }

    @Test
    void aModelWithoutAPriceIsUnpricedAndWithABudgetRefused() throws Exception {
        var pipeline =
                pipeline("prices: prices.yaml", "budget: { usd: 5 }")
                        .file("prices.yaml", "- { model: another, input: 1, output: 1 }")
                        .replacing("claude-haiku-4-5", "qwen3-8b");

        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("budget: no price is known for qwen3-8b")
                .hasMessageContaining("name a file that has one with prices");
        assertThat(server.batches()).isEmpty();

        pipeline.replacing("budget: { usd: 5 }\n", "");
        assertThat(pipeline.run(server, world).costMicros()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "'\"batch\"', true",
        "'\"standard\"', true",
        "null, true",
        "'\"simulated\"', false",
        "'\"free\"', false"
    })
    void onlyWhoPaysIsAsked(String billing, boolean isAsked) throws Exception {
        says(billing);
        var asked = new ArrayList<Preview>();

        var summary =
                pipeline()
                        .run(
                                PipelineFolder.endpoint(server),
                                world,
                                100,
                                new RunOptions(asked::add),
                                _ -> {});

        assertThat(summary.done()).isEqualTo(20);
        assertThat(asked).hasSize(isAsked ? 1 : 0);
    }

    @Test
    void aReportSaysWhatSimulatedAnswersWouldHaveCost() throws Exception {
        says("\"simulated\"");

        pipeline().run(server, world);

        assertThat(folder.resolve("report.html"))
                .content()
                .contains("Would have cost, were it not simulated")
                .contains("the figure is at Anthropic&#39;s batch price");
    }
}

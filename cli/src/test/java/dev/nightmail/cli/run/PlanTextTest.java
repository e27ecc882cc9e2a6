package dev.nightmail.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.nightmail.cli.text.Style;
import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.cost.CostEstimate;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.cost.Range;
import dev.nightmail.pipeline.cost.Tariff;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.prompt.PromptVersion;
import dev.nightmail.pipeline.run.Preview;
import dev.nightmail.pipeline.run.Preview.InDoubt;
import dev.nightmail.pipeline.run.Preview.RenderedPrompt;
import dev.nightmail.pipeline.run.Preview.Unusable;
import dev.nightmail.pipeline.state.RecordCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanTextTest {

    private static final Range COST = new Range(9_000, 23_000, 1_540_000);

    private Billing billing = Billing.BATCH;
    private List<String> tooLong = List.of();

    @TempDir Path folder;

    @Test
    void aPlanSaysWhatIsSentAndWhatItCosts() throws IOException {
        var preview = preview(new RecordCounts(1_200, 0, 0, 300, 2, 0, 0), COST, 420_000L, "x");

        assertThat(text(plan("budget: { usd: 5.00 }", false).lines(preview)))
                .isEqualTo(
                        """
                        tides  claude-haiku-4-5 at https://api.anthropic.com

                          1,502 records, 300 answered, 2 set aside, 1,200 to send

                                             low  likely     high
                          input tokens    41,000  45,000   49,000
                          output tokens    3,000   6,000  120,000
                          cost           $0.0090  $0.023    $1.54

                          An estimate at Anthropic's batch price: by length.
                          A call for each would likely cost $0.023 more.
                          Budget $5.00, of which earlier runs spent $0.420
                        """);
    }

    @Test
    void aRecordThatIsTooLongForTheModelIsNamed() throws IOException {
        tooLong = List.of("r-7: has some 300,000 tokens");
        var preview = preview(new RecordCounts(1, 0, 0, 0, 0, 0, 0), COST, 0L, "x");

        assertThat(text(plan("", false).lines(preview)))
                .contains("  1 record, 1 to send\n  r-7: has some 300,000 tokens\n");
    }

    @Test
    void aPlanForTheSimulatorSaysThatItCostsNothing() throws IOException {
        billing = Billing.SIMULATED;
        var preview = preview(new RecordCounts(1, 0, 0, 0, 0, 0, 0), COST, 0L, "x");

        assertThat(text(plan("", true).lines(preview)))
                .startsWith("tides  claude-haiku-4-5 at the built-in simulator\n")
                .contains("1 record, 1 to send")
                .contains("Simulated: nothing is charged; that is what it would cost.");
    }

    @Test
    void aModelWithoutAPriceHasNoKnownCost() throws IOException {
        var preview = preview(new RecordCounts(1, 0, 0, 0, 0, 0, 0), null, 0L, "x");

        assertThat(text(plan("", false).lines(preview))).containsPattern("cost +not known\n");
    }

    @Test
    void aLongPromptIsWrappedAndCutToAScreen() throws IOException {
        var prompt = "one two three four five six seven\n".repeat(30);
        var preview = preview(new RecordCounts(1, 0, 0, 0, 0, 0, 0), COST, 0L, prompt);

        var lines = plan("", false).prompt(preview, 24);

        assertThat(lines.subList(0, 6))
                .containsExactly(
                        "",
                        "  The prompt of record r-1:",
                        "",
                        "  | one two three four",
                        "  | five six seven",
                        "  | one two three four");
        assertThat(lines).hasSize(24).last().isEqualTo("  and 40 more lines");
    }

    /** It took minutes when each piece looked for a space back to the beginning. */
    @Test
    void aPromptOfMillionsOfLettersWithoutASpaceIsShownAtOnce() throws IOException {
        var preview =
                preview(new RecordCounts(1, 0, 0, 0, 0, 0, 0), COST, 0L, "x".repeat(8_000_000));

        var lines =
                assertTimeoutPreemptively(
                        Duration.ofSeconds(20), () -> plan("", false).prompt(preview, 24));

        assertThat(lines.get(3)).isEqualTo("  | " + "x".repeat(20));
        assertThat(lines).last().isEqualTo("  and 399,980 more lines");
    }

    @Test
    void aBatchInDoubtIsNotSaidToBeUnderWay() throws Exception {
        var preview =
                preview(
                        new RecordCounts(0, 0, 5, 0, 0, 0, 0),
                        List.of(new InDoubt(2, 3)),
                        COST,
                        0L,
                        "x");

        assertThat(text(plan("", false).lines(preview)))
                .contains("5 records, 2 under way, 3 in doubt, nothing to send\n")
                .contains(
                        "It is not known whether batch 2 (3 requests) was taken: a run looks for it first.");
        assertThat(RunJson.preview(preview, false).path("batches_in_doubt").toString())
                .isEqualTo("[{\"batch\":2,\"requests\":3}]");
    }

    private PlanText plan(String budget, boolean simulated) throws IOException {
        var file =
                Files.writeString(
                        folder.resolve("tides.yaml"),
                        """
                        source: { files: "*.txt" }
                        model: claude-haiku-4-5
                        max_tokens: 100
                        prompt: "{{text}}"
                        sink: { file: results.jsonl }
                        """
                                + budget);
        return new PlanText(
                PipelineDefinition.read(file),
                simulated ? "the built-in simulator" : "https://api.anthropic.com",
                Style.PLAIN);
    }

    @Test
    void unusableRecordsAreCountedAndTheFirstOnesNamed() throws IOException {
        var unusable =
                new Unusable(10, List.of("row 2: its prompt is empty", "row 9: it has no id"));

        var few =
                text(
                        plan("", false)
                                .lines(unusable(new RecordCounts(5, 0, 0, 0, 0, 0, 3), unusable)));
        var many =
                text(
                        plan("", false)
                                .lines(unusable(new RecordCounts(5, 0, 0, 0, 0, 0, 11), unusable)));

        assertThat(few)
                .contains("8 records, 3 unusable, 5 to send\n")
                .contains(
                        "  unusable: row 2: its prompt is empty\n  unusable: row 9: it has no id\n  and 1 more\n")
                .doesNotContain("would stop");
        assertThat(many).contains("A run would stop here: bad-records allows 10 of them.");
    }

    private Preview unusable(RecordCounts records, Unusable unusable) {
        return preview(records, unusable, List.of(), COST, 0L, "x");
    }

    private Preview preview(RecordCounts records, @Nullable Range cost, Long spent, String prompt) {
        return preview(records, List.of(), cost, spent, prompt);
    }

    private Preview preview(
            RecordCounts records,
            List<InDoubt> inDoubt,
            @Nullable Range cost,
            Long spent,
            String prompt) {
        return preview(records, Unusable.NONE, inDoubt, cost, spent, prompt);
    }

    private Preview preview(
            RecordCounts records,
            Unusable unusable,
            List<InDoubt> inDoubt,
            @Nullable Range cost,
            Long spent,
            String prompt) {
        return new Preview(
                "tides",
                "claude-haiku-4-5",
                "https://api.anthropic.com",
                new PromptVersion("0123456789abcdef"),
                records,
                inDoubt,
                new Tariff(billing, "claude-haiku-4-5", PriceList.shipped()),
                new CostEstimate(
                        records.outstanding(),
                        new Range(41_000, 45_000, 49_000),
                        new Range(3_000, 6_000, 120_000),
                        cost,
                        billing == Billing.BATCH && cost != null ? cost.likely() : null,
                        "by length"),
                new RenderedPrompt("r-1", prompt),
                unusable,
                tooLong,
                spent);
    }

    private static String text(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }
}

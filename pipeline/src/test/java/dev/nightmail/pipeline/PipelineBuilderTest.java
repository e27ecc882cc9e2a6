package dev.nightmail.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.nightmail.pipeline.source.SourceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineBuilderTest {

    @TempDir private Path folder;

    @Test
    void everythingThatIsWrongIsToldAtOnceByItsKey() {
        var builder =
                Pipeline.builder(folder, "reviews")
                        .model(" ")
                        .maxTokens(0)
                        .prompt("{{text")
                        .schema("{ not json")
                        .set("retry.transient", 1000)
                        .set("bugdet", Map.of("usd", 5));

        assertThat(problems(builder))
                .satisfiesExactlyInAnyOrder(
                        problem ->
                                assertThat(problem).startsWith("output.schema: is not valid JSON"),
                        problem ->
                                assertThat(problem)
                                        .startsWith("source: is missing: give records(…)"),
                        problem ->
                                assertThat(problem).startsWith("sink: is missing: give answers(…)"),
                        problem -> assertThat(problem).startsWith("model: must be a text"),
                        problem ->
                                assertThat(problem)
                                        .isEqualTo(
                                                "max_tokens: must be a whole number from 1 to 300000, not 0"),
                        problem -> assertThat(problem).startsWith("prompt: a tag stays open"),
                        problem -> assertThat(problem).startsWith("retry.transient: must be"),
                        problem ->
                                assertThat(problem)
                                        .isEqualTo(
                                                "bugdet: is not a key here; did you mean budget?"));
    }

    @Test
    void aSchemaThatChecksNothingIsRefusedAsItIsInAFile() {
        var builder = complete().schema("{\"type\": \"object\", \"requird\": [\"label\"]}");

        assertThat(problems(builder))
                .containsExactly(
                        "output.schema: the schema here: /requird is no keyword: did you mean required?");
    }

    @Test
    void twoSourcesAreOneTooMany() {
        var builder = complete().source(Map.of("files", "texts"));

        assertThat(problems(builder))
                .containsExactly(
                        "source: needs exactly one of code or database or files or sql or stdin");
    }

    @Test
    void anOutputThatIsAnInputIsRefused() throws IOException {
        Files.writeString(folder.resolve("rubric.jsonl"), "Sort reviews.");
        var builder =
                complete()
                        .set("system.file", folder.resolve("rubric.jsonl"))
                        .set("sink.failed", "rubric.jsonl");

        assertThat(problems(builder))
                .containsExactly(
                        "sink.failed: rubric.jsonl is the file of system.file and would be overwritten: name another file");
    }

    @Test
    void aDollarSignIsTheProgramsOwn() {
        assertThat(problems(complete().set("retry.missing", "${WAIT}")))
                .containsExactly(
                        "retry.missing: must be a length of time from 0s to 29d, such as 90s, 15m, 1h or 2d, not \"${WAIT}\"");
    }

    @Test
    void theFolderIsThere() {
        var missing = folder.resolve("missing");
        var builder =
                Pipeline.builder(missing, "reviews")
                        .records(List.of())
                        .model("m")
                        .maxTokens(1)
                        .prompt("{{text}}")
                        .answers((_, _) -> {});

        assertThat(problems(builder))
                .containsExactly("folder: " + missing + " is no folder: make it first");
    }

    @Test
    void aNameIsAFileName() {
        assertThatThrownBy(() -> Pipeline.builder(folder, "../reviews"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("../reviews");
    }

    @Test
    void aValueOfAnotherTypeIsRefusedWhereItIsGiven() {
        assertThatThrownBy(() -> complete().set("retry", new Object()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("retry: is a text, a number");
        assertThatThrownBy(() -> complete().set("model.name", "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("model.name: model has no keys");
    }

    private PipelineBuilder complete() {
        return Pipeline.builder(folder, "reviews")
                .records(List.of(SourceRecord.of("r1", Map.of("text", "It boils water"))))
                .model("claude-haiku-4-5")
                .maxTokens(100)
                .prompt("{{text}}")
                .answers((_, _) -> {});
    }

    private static List<String> problems(PipelineBuilder builder) {
        var failure = catchThrowableOfType(PipelineException.class, builder::build);
        assertThat(failure.kind()).isEqualTo(PipelineException.Kind.DEFINITION);
        return failure.problems();
    }
}

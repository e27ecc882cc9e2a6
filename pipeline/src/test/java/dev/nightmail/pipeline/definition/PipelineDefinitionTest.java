package dev.nightmail.pipeline.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.nightmail.pipeline.client.CallTerms;
import dev.nightmail.pipeline.cost.CacheTtl;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.sink.FileSinkDefinition;
import dev.nightmail.pipeline.sink.Formulas;
import dev.nightmail.pipeline.sink.SinkFormat;
import dev.nightmail.pipeline.source.CsvCells;
import dev.nightmail.pipeline.source.SqlSourceProvider;
import dev.nightmail.pipeline.source.TextFilesSourceProvider;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@SuppressWarnings("NullAway.Init")
class PipelineDefinitionTest {

    @TempDir Path folder;

    @Test
    void theDocumentedPipelineIsRead() throws Exception {
        Files.writeString(folder.resolve("rubric.md"), "Be fair.");
        Files.writeString(folder.resolve("sentiment.schema.json"), "{\"type\":\"object\"}");

        var pipeline =
                read(
                        """
                        name: review-sentiment
                        source: { sql: "select review_id as id, text from 'reviews.csv'" }
                        model: claude-haiku-4-5
                        max_tokens: 200
                        system: { file: rubric.md, cache: 1h }
                        prompt: |
                          Rate this review.
                          {{text}}
                        truncate: { text: 2000, title: "600 tokens" }
                        output: { schema: sentiment.schema.json, reask: 1 }
                        sink: { file: results.parquet }
                        budget: { usd: 5.00 }
                        retry: { transient: 4, expired: 1, missing: 15m }
                        params: { temperature: 0 }
                        """);

        assertThat(pipeline.name()).isEqualTo("review-sentiment");
        assertThat(pipeline.source())
                .isEqualTo(
                        new SqlSourceProvider.Sql(
                                new PathRule(folder, false),
                                "select review_id as id, text from 'reviews.csv'",
                                null));
        assertThat(pipeline.system()).isEqualTo(new SystemPrompt("Be fair.", CacheTtl.ONE_HOUR));
        assertThat(pipeline.prompt()).isEqualTo("Rate this review.\n{{text}}\n");
        assertThat(pipeline.truncations())
                .containsEntry("text", new Truncation.Characters(2000))
                .containsEntry("title", new Truncation.Tokens(600));
        assertThat(pipeline.outputIfAny())
                .get()
                .extracting(OutputDefinition::reaskMax)
                .isEqualTo(1);
        assertThat(pipeline.outputs().sinks().getFirst().definition())
                .isEqualTo(
                        new FileSinkDefinition(
                                folder.resolve("results.parquet"),
                                SinkFormat.PARQUET,
                                Formulas.ESCAPE));
        assertThat(pipeline.outputs().failedFile()).isEqualTo(folder.resolve("failed.jsonl"));
        assertThat(pipeline.budget()).isEqualTo(new Budget(5_000_000));
        assertThat(pipeline.retry()).isEqualTo(new RetryLimits(4, 1, Duration.ofMinutes(15)));
        assertThat(pipeline.params()).containsOnlyKeys("temperature");
    }

    @Test
    void everyProblemOfAFileIsNamedAtOnce() {
        var refused =
                catchThrowableOfType(
                        DefinitionException.class,
                        () ->
                                read(
                                        """
                                        sorce: { sql: "select 1" }
                                        source: { sql: "select 1", table: t }
                                        model: 7
                                        max_tokens: 0
                                        system: { file: missing.md, cache: 2h }
                                        prompt: "{{text}}"
                                        truncate: { text: "600 words" }
                                        sink: { file: results.xlsx }
                                        budget: { usd: -1 }
                                        retry: { transient: many }
                                        params: { stream: true }
                                        """));

        assertThat(refused.problems())
                .containsExactlyInAnyOrder(
                        "line 1: sorce: is not a key here; did you mean source?",
                        "line 2: source.table: is not a key here; allowed: sql, csv, encoding",
                        "line 3: model: must be a text, not 7",
                        "line 4: max_tokens: must be a whole number from 1 to 300000, not 0",
                        "line 5: system.file: cannot read "
                                + folder.resolve("missing.md")
                                + ": there is no such file",
                        "line 5: system.cache: must be 5m or 1h, not 2h",
                        "line 7: truncate.text: must be a number of characters like 2000, or a text like \"600 tokens\", not \"600 words\"",
                        "line 8: sink.file: must end in .jsonl, .csv or .parquet, or in .jsonl or .csv with .gz or .zst behind it, not results.xlsx",
                        "line 9: budget.usd: must be an amount in US dollars like 5.00, above 0 and at most 1,000,000,000, not -1",
                        "line 10: retry.transient: must be a whole number from 0 to 100, not many",
                        "line 11: params.stream: cannot be set here: the pipeline sets it, or a batch does not know it");
    }

    @Test
    void theFilesThatAreNamedAndTheTemplateAreLookedAtInTheSameRun() throws Exception {
        Files.writeString(
                folder.resolve("prices.yaml"), "- { model: m, input: 1, ouput: 2 }\n- 7\n");
        Files.writeString(
                folder.resolve("answer.schema.json"),
                "{\"type\": \"object\", \"requird\": [\"a\"], \"properties\": {\"a\": {\"enmu\": [1]}}}");
        Files.writeString(folder.resolve("records.csv"), "id,text\n1,a\n");

        var refused =
                catchThrowableOfType(
                        DefinitionException.class,
                        () ->
                                read(
                                        """
                                        source: { sql: "select * from 'records.csv'" }
                                        model: m
                                        max_tokens: 1
                                        max_tokens: 2
                                        system: { file: gone.md }
                                        prompt: "Of {{text"
                                        output: { schema: answer.schema.json }
                                        prices: prices.yaml
                                        sink: { file: records.csv, report: prices.yaml }
                                        bugdet: { usd: 1 }
                                        """));

        assertThat(refused.problems())
                .containsExactly(
                        "line 4: max_tokens: is given twice, first in line 3: keep one of them",
                        "line 5: system.file: cannot read "
                                + folder.resolve("gone.md")
                                + ": there is no such file",
                        "line 6: prompt: a tag stays open: \"{{text\": close it with two braces, or write {{=<% %>=}} before it to change the delimiters",
                        "line 7: output.schema: answer.schema.json: /requird is no keyword: did you mean required?",
                        "line 7: output.schema: answer.schema.json: /properties/a/enmu is no keyword: did you mean enum?",
                        "line 8: prices: "
                                + folder.resolve("prices.yaml")
                                + ": row 1: ouput is not a key here; allowed: above-tokens, batch, from, input, model, output, read, source, write-1h, write-5m",
                        "line 8: prices: "
                                + folder.resolve("prices.yaml")
                                + ": row 2 must be a mapping like { model: my-model, input: 1.00, output: 5.00 }",
                        "line 9: sink.report: prices.yaml is the file of prices and would be overwritten: name another file",
                        "line 9: sink.file: records.csv is read by the source ('records.csv'), and would be overwritten: write it to another folder, such as out/records.csv",
                        "line 10: bugdet: is not a key here; did you mean budget?");
    }

    @Test
    void aSchemaMayStandInTheFileItselfAndIsHeldToTheSameRules() throws Exception {
        var pipeline =
                """
                source: { files: texts }
                model: m
                max_tokens: 1
                prompt: "{{text}}"
                output: { schema: { type: object, required: [a] }, reask: 2 }
                sink: { file: results.csv }
                """;

        assertThat(read(pipeline).output())
                .isEqualTo(
                        new OutputDefinition(
                                null,
                                (ObjectNode)
                                        JsonMapper.shared()
                                                .readTree(
                                                        "{\"type\": \"object\", \"required\": [\"a\"]}"),
                                2));
        assertThat(
                        catchThrowableOfType(
                                        DefinitionException.class,
                                        () -> read(pipeline.replace("required", "requird")))
                                .problems())
                .containsExactly(
                        "line 5: output.schema: the schema here: /requird is no keyword: did you mean required?");
        assertThat(
                        catchThrowableOfType(
                                        DefinitionException.class,
                                        () ->
                                                read(
                                                        pipeline.replaceFirst(
                                                                "schema: .* }, ", "schema: 7, ")))
                                .problems())
                .containsExactly(
                        "line 5: output.schema: must be a file with a JSON schema, or the schema itself, not 7");
    }

    @Test
    void aSourceIsNotLookedAtWhileTheRestOfTheFileIsRight() throws Exception {
        Files.writeString(folder.resolve("records.csv"), "id,text\n1,a\n");

        var pipeline =
                read(
                        """
                        source: { sql: "select * from 'records.csv'" }
                        model: m
                        max_tokens: 1
                        prompt: "{{text}}"
                        sink: { file: records.csv }
                        """);

        assertThat(pipeline.source().conflicts(pipeline.outputs().files())).isNotEmpty();
        assertThat(pipeline.source().conflicts(pipeline.outputs().sample().files()))
                .as("a sample may be made all the same")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ stdin: xml } | { file: o.csv } | source.stdin: must be jsonl or csv or lines, not xml",
                "{ stdin: lines, id: x } | { file: o.csv } | source.id: goes with jsonl and csv: the id of a line is its number",
                "{ stdin: csv, csv: text } | { file: o.csv } | source.csv: goes with sql only",
                "{ stdin: csv, encoding: utf-16 } | { file: o.csv } | source.encoding: cannot be UTF-16 for standard input",
                "{ files: docs } | { stdout: parquet } | sink.stdout: must be jsonl or csv, not parquet",
                "{ files: docs } | { file: o.jsonl, bom: true } | sink.bom: goes with a .csv file only",
                "{ files: docs } | { file: o.parquet.gz } | sink.file: is packed already",
                "{ files: docs } | { file: o.parquet.zst } | sink.file: is packed already if it is Parquet: leave .zst out",
                "{ files: docs } | { file: gs://bucket/o.csv } | sink.file: gs:// is not written to: name a file and copy it there after the run, or an object of S3 (s3://bucket/key)",
                "{ files: docs } | { file: s3://Bucket/o.csv } | sink.file: must look like s3://bucket/key, with a bucket of 3 to 63 small letters",
                "{ files: docs } | { file: s3://bucket/o.txt } | sink.file: must end in .jsonl, .csv or .parquet",
                "{ files: docs } | { file: s3://bucket/o.csv, mode: append } | sink.mode: append adds rows to a file, and an object in S3 is replaced whole"
            })
    void whatASourceOrASinkCannotBeIsSaid(String source, String sink, String problem) {
        assertThatThrownBy(() ->
                        read(
                                """
                                source: %s
                                model: claude-haiku-4-5
                                max_tokens: 10
                                prompt: "{{text}}"
                                sink: %s
                                """
                                        .formatted(source, sink)))
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "modle, model",
        "max-tokens, max_tokens",
        "Source, source",
        "prompts, prompt",
        "bugdet, budget",
        "trunkate, truncate"
    })
    void anUnknownKeyNamesTheOneThatWasMeant(String written, String meant) {
        assertThatThrownBy(() -> read(written + ": x\n"))
                .hasMessageContaining(written + ": is not a key here; did you mean " + meant + "?");
    }

    @Test
    void whatIsNoYamlIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read("name: a\nsource: {\n"))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("is not valid YAML");
        assertThatThrownBy(() -> read("name: a\nprompt: \"secret {{text}}\nsink: x\n"))
                .hasMessageContaining(
                        "line 2: is not valid YAML: while scanning a quoted scalar, found unexpected end of stream")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> read("name: a\nname: b\n"))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> read(""))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("must be a mapping");
        assertThatThrownBy(() -> PipelineDefinition.read(folder.resolve("none.yaml")))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("there is no such file");
    }

    @Test
    void whatManyWriteFirstIsRefusedWithTheRemedy() {
        assertThatThrownBy(() -> read("model: m\nprompt: {{text}}\n"))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("needs quotes: prompt: \"{{…}}\"");
        assertThatThrownBy(() ->
                        read("model: m\nprompt: {{text}} and more\nsink: { file: a.jsonl }\n"))
                .hasMessageContaining("needs quotes: prompt: \"{{…}}\"");
        assertThatThrownBy(() -> read("model: m\nsystem: { text: {{text}} }\n"))
                .hasMessageContaining("needs quotes: text: \"{{…}}\"");
        assertThatThrownBy(() -> read("model: m\n---\nmodel: n\n"))
                .hasMessageContaining("line 3: a second document begins here (---)");
    }

    @Test
    void newKeysHaveTheirValues() throws Exception {
        var pipeline =
                read(
                        """
                        source: { sql: "select 1 as id", csv: typed }
                        model: m
                        max_tokens: 1
                        prompt: hello
                        prompt-without-fields: true
                        sink: { file: a.csv, formulas: keep }
                        allow-outside: true
                        """);

        assertThat(pipeline.source())
                .isEqualTo(
                        new SqlSourceProvider.Sql(
                                new PathRule(folder, true), "select 1 as id", CsvCells.TYPED));
        assertThat(pipeline.promptWithoutFields()).isTrue();
        assertThat(pipeline.allowOutside()).isTrue();
        assertThat(pipeline.outputs().sinks().getFirst().definition())
                .isEqualTo(
                        new FileSinkDefinition(
                                folder.resolve("a.csv"), SinkFormat.CSV, Formulas.KEEP));
        assertThatThrownBy(() ->
                        read(
                                """
                                source: { files: docs, csv: text }
                                model: m
                                max_tokens: 1
                                prompt: hello
                                prompt-without-fields: maybe
                                sink: { file: a.csv, formulas: drop }
                                """))
                .hasMessageContaining("source.csv: goes with sql only")
                .hasMessageContaining("prompt-without-fields: must be true or false, not maybe")
                .hasMessageContaining("sink.formulas: must be escape or keep, not drop");
    }

    @Test
    void environmentVariablesStandInValuesAndNotInWhatAModelReads() throws Exception {
        var file =
                Files.writeString(
                        folder.resolve("pipeline.yaml"),
                        """
                        source: { files: "${FOLDER}/*.txt" }
                        model: "${MODEL}"
                        max_tokens: 1
                        prompt: "It costs ${PRICE}: {{text}}"
                        sink: { file: a.csv }
                        params: { metadata: { user_id: "$${FOLDER} and ${FOLDER}" }, stop_sequences: ["${MODEL}"] }
                        """);
        var variables = Map.of("FOLDER", "docs", "MODEL", "${FOLDER}");

        var pipeline =
                PipelineDefinition.read(file, name -> Optional.ofNullable(variables.get(name)));

        assertThat(pipeline.source())
                .isEqualTo(
                        new TextFilesSourceProvider.TextFiles(
                                new PathRule(folder, false), "docs/*.txt", StandardCharsets.UTF_8));
        assertThat(pipeline.model()).as("not searched again").isEqualTo("${FOLDER}");
        assertThat(pipeline.prompt()).isEqualTo("It costs ${PRICE}: {{text}}");
        assertThat(pipeline.params().toString())
                .contains("${FOLDER} and docs")
                .contains("[\"${FOLDER}\"]");
    }

    @Test
    void termsAreReadAndTheStandardOnesStandInForThem() throws Exception {
        assertThat(read(with("")).terms()).isEqualTo(CallTerms.STANDARD);
        assertThat(read(with("betas: [a-1, b.2]\nanthropic-version: 2026-10-21")).terms())
                .isEqualTo(new CallTerms("2026-10-21", List.of("a-1", "b.2")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "betas: a; betas: must be a list of 1 to 20 names like [output-300k-2026-03-24], not a",
                "betas: []; betas: must be a list of 1 to 20 names",
                "betas: [a, a]; betas: a is named twice",
                "betas: ['a,b']; betas: a name is 1 to 100 letters, digits, points, - and _, not \"a,b\"",
                "betas: [7]; betas: a name is 1 to 100 letters, digits, points, - and _, not 7",
                "anthropic-version: 2023; anthropic-version: must be the date of a version like 2023-06-01, not 2023",
                "anthropic-version: latest; anthropic-version: must be the date of a version",
                "anthropic-version: 2023-13-01; anthropic-version: must be the date of a version",
                "retry: { missing: 3600 }; retry.missing: must be a length of time from 0s to 29d",
                "retry: { missing: 30d }; retry.missing: must be a length of time from 0s to 29d",
                "pilot: 50; pilot: must be a mapping",
                "pilot: { stop-above: 5% }; pilot.records: is missing: give a number of records like 50",
                "pilot: { records: 0 }; pilot.records: must be a whole number from 1 to 100000, not 0",
                "pilot: { records: 5% }; pilot.records: must be a whole number from 1 to 100000, not 5%",
                "pilot: { records: 50, stop-above: 101% }; pilot.stop-above: must be a number of records like 100, or a share of them like 1%, not 101%",
                "pilot: { record: 50 }; pilot.record: is not a key here; did you mean records?"
            })
    void wrongTermsAndTimesAreNamed(String line, String problem) {
        assertThatThrownBy(() -> read(with(line))).hasMessageContaining(problem);
    }

    private static String with(String line) {
        return """
        source: { files: docs }
        model: m
        max_tokens: 1
        prompt: hello
        prompt-without-fields: true
        sink: { file: a.csv }
        """
                + line
                + "\n";
    }

    @Test
    void aPilotStopsAboveANumberOrAShareAndThereIsNoneUnlessItIsNamed() throws Exception {
        assertThat(read(with("")).pilot()).isNull();
        assertThat(allowedToFail("pilot: { records: 50 }")).isEqualTo(2);
        assertThat(allowedToFail("pilot: { records: 50, stop-above: 10% }")).isEqualTo(5);
        assertThat(allowedToFail("pilot: { records: 50, stop-above: 7 }")).isEqualTo(7);
        assertThat(allowedToFail("pilot: { records: 50, stop-above: 0 }")).isZero();
    }

    private long allowedToFail(String line) throws Exception {
        var pilot = read(with(line)).pilotIfAny().orElseThrow();
        assertThat(pilot.records()).isEqualTo(50);
        return pilot.stopAbove().allowedOf(50);
    }

    @Test
    void badRecordsAreBoundedByANumberOrAShare() throws Exception {
        assertThat(badRecords("").allowedOf(50_000_000)).isEqualTo(500_000);
        assertThat(badRecords("").allowedOf(50)).isEqualTo(10);
        assertThat(badRecords("bad-records: 100").allowedOf(50_000_000)).isEqualTo(100);
        assertThat(badRecords("bad-records: 100").allowedOfAny()).isEqualTo(100);
        assertThat(badRecords("bad-records: 0").allowedOf(50)).isZero();
        assertThat(badRecords("bad-records: 0.5%").allowedOf(1_000)).isEqualTo(5);
        assertThat(badRecords("bad-records: 0.5%").allowedOf(199)).isZero();
        assertThat(badRecords("bad-records: '100 %'").allowedOf(7)).isEqualTo(7);
        for (var wrong : List.of("many", "-1", "101%", "1.5", "[1]", "true")) {
            assertThatThrownBy(() -> badRecords("bad-records: " + wrong))
                    .as(wrong)
                    .hasMessageContaining(
                            "bad-records: must be a number of records like 100, or a share of them like 1%");
        }
    }

    @Test
    void textFilesHaveAnEncoding() throws Exception {
        assertThat(withSource("{ files: docs }").source())
                .isEqualTo(
                        new TextFilesSourceProvider.TextFiles(
                                new PathRule(folder, false), "docs", StandardCharsets.UTF_8));
        assertThat(withSource("{ files: docs, encoding: windows-1252 }").source())
                .isEqualTo(
                        new TextFilesSourceProvider.TextFiles(
                                new PathRule(folder, false),
                                "docs",
                                Charset.forName("windows-1252")));
        assertThatThrownBy(() -> withSource("{ files: docs, encoding: klingon }"))
                .hasMessageContaining(
                        "source.encoding: must be an encoding that is known here: utf-8");
        assertThatThrownBy(() -> withSource("{ sql: \"select 1 as id\", encoding: utf-8 }"))
                .hasMessageContaining("source.encoding: goes with files only");
    }

    private BadRecords badRecords(String line) throws IOException {
        return read(with(line)).badRecords();
    }

    private PipelineDefinition withSource(String source) throws IOException {
        return read(
                "source: "
                        + source
                        + """

                        model: m
                        max_tokens: 1
                        prompt: '{{text}}'
                        sink: { file: a.csv }
                        """);
    }

    @Test
    void aVariableThatIsNotSetIsNamedWithItsKeyAndNothingElseIsSaidOfTheValue() throws Exception {
        var failure =
                catchThrowableOfType(
                        DefinitionException.class,
                        () ->
                                read(
                                        """
                                        source: { database: { url: "${TICKETS_DB}", sql: "select 1 as id", cursr: id } }
                                        model: m
                                        max_tokens: 1
                                        prompt: "{{id}}"
                                        sink: { database: { url: "oracle://me:s3cr3t@h/d", mode: append } }
                                        """));

        assertThat(failure.problems())
                .containsExactlyInAnyOrder(
                        "line 1: source.database.url: the environment variable TICKETS_DB is not set: set it, or write $${TICKETS_DB} for the text itself",
                        "line 1: source.database.cursr: is not a key here; did you mean cursor?",
                        "line 5: sink.database.url: names a kind of database that is not known: give postgresql://user:password@host/database, mysql://…, mariadb://…, sqlite:FILE or jdbc:…",
                        "line 5: sink.database.table: is missing: give a text",
                        "line 5: sink.database.mode: must be upsert or update, not append");
    }

    private PipelineDefinition read(String yaml) throws IOException {
        return PipelineDefinition.read(Files.writeString(folder.resolve("pipeline.yaml"), yaml));
    }
}

package dev.nightmail.pipeline.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.nightmail.config.yaml.Problems;
import dev.nightmail.config.yaml.YamlDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schema of pipeline files and their reader judge alike, and the docs know the same keys. */
@SuppressWarnings("NullAway.Init")
class PipelineSchemaTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final JsonNode DOCUMENT = JsonMapper.shared().readTree(PipelineSchema.text());
    private static final Schema SCHEMA =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(DOCUMENT);

    private static final Pattern YAML_BLOCK = Pattern.compile("(?ms)^```yaml\\R(.*?)^```");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| (.*?) \\|");
    private static final Pattern BRACES = Pattern.compile("^`\\{ ([\\w, ]+) }`");

    private static final Map<String, String> RIGHT =
            Map.of(
                    "source", "{ sql: \"select 1 as id, 'a' as text\" }",
                    "model", "claude-haiku-4-5",
                    "max_tokens", "10",
                    "prompt", "'{{text}}'",
                    "sink", "{ file: results.jsonl }");

    @TempDir Path folder;

    static Stream<Path> examples() throws IOException {
        try (var files = Files.walk(HOME.resolve("examples"))) {
            return files.filter(file -> file.endsWith("pipeline.yaml")).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleIsRightAndNamesTheSchema(Path example) throws IOException {
        var text = Files.readString(example);

        assertThat(problems(text)).isEmpty();
        assertThatCode(() -> PipelineDefinition.read(example)).doesNotThrowAnyException();
        var named = text.lines().findFirst().orElse("");
        assertThat(named).startsWith("# yaml-language-server: $schema=");
        assertThat(example.resolveSibling(named.substring(named.indexOf('=') + 1)).normalize())
                .isEqualTo(HOME.resolve("docs/pipeline.schema.json"));
    }

    static Stream<String> pipelinesInTheDocs() throws IOException {
        var pages = new ArrayList<>(List.of(HOME.resolve("README.md")));
        for (var below : List.of("docs", "examples")) {
            try (var files = Files.walk(HOME.resolve(below))) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
            }
        }
        var pipelines = new ArrayList<String>();
        for (var page : pages) {
            YAML_BLOCK
                    .matcher(Files.readString(page))
                    .results()
                    .map(block -> block.group(1))
                    .filter(text -> Pattern.compile("(?m)^source:").matcher(text).find())
                    .filter(text -> Pattern.compile("(?m)^model:").matcher(text).find())
                    .forEach(pipelines::add);
        }
        return pipelines.stream();
    }

    @ParameterizedTest
    @MethodSource("pipelinesInTheDocs")
    void everyWholePipelineInTheDocsIsRight(String text) {
        assertThat(problems(text)).isEmpty();
    }

    @Test
    void theSchemaIsOne() {
        var dialect = SpecificationVersion.DRAFT_2020_12.getDialectId();

        assertThat(DOCUMENT.path("$schema").asString()).isEqualTo(dialect);
        assertThat(
                        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                                .getSchema(SchemaLocation.of(dialect))
                                .validate(DOCUMENT))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "source: { files: docs, encoding: windows-1252 }",
                "source: { database: { url: \"sqlite:a.db\", sql: select 1, cursor: at } }",
                "sink: { file: a.csv, formulas: keep, failed: f.jsonl, report: r.html }",
                "sink: { database: { url: \"sqlite:a.db\", table: t, key: k, mode: upsert } }",
                "max_tokens: \"${TEN}\"",
                "budget: { usd: \"${TEN}\" }",
                "prompt-without-fields: \"${YES}\"",
                "retry: { transient: 0, expired: 100, missing: 90s }",
                "retry: { missing: \"${TEN}m\" }",
                "pilot: { records: 50, stop-above: 5% }",
                "pilot: { records: 1 }",
                "bad-records: 0",
                "bad-records: 0.5%",
                "bad-records: '100 %'",
                "truncate: { text: 2000, title: 600 tokens }",
                "system: { text: Be brief., cache: 5m }",
                "prompt: { text: \"{{text}}\" }",
                "betas: [ output-300k-2026-03-24, \"${BETA}\" ]",
                "anthropic-version: 2023-06-01",
                "params: { temperature: 0, stop_sequences: [ a ], metadata: { user_id: me } }",
                "name: mine",
                "allow-outside: true"
            })
    void whatTheReaderTakesTheSchemaTakes(String line) throws IOException {
        var text = with(line);

        assertThat(problems(text)).isEmpty();
        assertThatCode(() -> read(text)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "modle: x",
                "model: 7",
                "model: ''",
                "max_tokens: 0",
                "max_tokens: 300001",
                "max_tokens: many",
                "max_tokens: \"200\"",
                "source: { sql: select 1, table: t }",
                "source: { sql: select 1, files: a }",
                "source: {}",
                "source: reviews.csv",
                "source: { sql: select 1, csv: guessed }",
                "source: { sql: select 1, encoding: utf-8 }",
                "source: { files: docs, csv: text }",
                "source: { database: { url: \"sqlite:a.db\" } }",
                "source: { database: { url: \"sqlite:a.db\", sql: select 1, cursr: a } }",
                "sink: { formulas: keep }",
                "sink: { file: a.csv, formulas: drop }",
                "sink: { file: a.csv, faild: f.jsonl }",
                "sink: { file: a.csv, database: { url: \"sqlite:a.db\", table: t } }",
                "sink: { database: { url: \"sqlite:a.db\", table: t, mode: append } }",
                "prompt: { file: a.md, text: b }",
                "prompt: {}",
                "prompt: { text: \"{{text}}\", cache: 1h }",
                "prompt: [ a ]",
                "system: { text: a, cache: 2h }",
                "system: { text: a, cache: \"${TTL}\" }",
                "truncate: { text: 0 }",
                "truncate: { text: 600 words }",
                "truncate: 2000",
                "output: { reask: 1 }",
                "output: { schema: s.json, reask: 11 }",
                "budget: { usd: 0 }",
                "budget: { usd: five }",
                "budget: 5",
                "budget: {}",
                "retry: { transient: -1 }",
                "retry: { transient: 1.5 }",
                "retry: { missing: 3600 }",
                "retry: { missing: soon }",
                "retry: { transiant: 1 }",
                "pilot: { stop-above: 5% }",
                "pilot: { records: 0 }",
                "pilot: { records: 50, stop-above: lots }",
                "bad-records: -1",
                "bad-records: 101%",
                "bad-records: many",
                "betas: []",
                "betas: a",
                "betas: [ a, a ]",
                "betas: [ 'a,b' ]",
                "anthropic-version: latest",
                "params: { stream: true }",
                "prompt-without-fields: maybe",
                "allow-outside: 1"
            })
    void whatTheSchemaRefusesTheReaderRefusesAndTheOtherWayRound(String line) {
        var text = with(line);

        assertThat(problems(text)).isNotEmpty();
        assertThatThrownBy(() -> read(text)).isInstanceOf(DefinitionException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"source", "model", "max_tokens", "prompt", "sink"})
    void bothWantWhatIsRequired(String key) {
        var text = with("name: a").replaceFirst("(?m)^" + key + ": .*\\R", "");

        assertThat(problems(text)).isNotEmpty();
        assertThatThrownBy(() -> read(text)).hasMessageContaining(key + ": is missing: give");
    }

    /** So a page that lacks a key, or has one that is gone, does not pass. */
    @Test
    void theDocsKnowTheSameKeys() throws IOException {
        var page = Files.readString(HOME.resolve("docs/pipeline.md"));
        var table = page.substring(page.indexOf("## Keys"), page.indexOf("## Databases"));
        var documented = new TreeSet<String>();
        for (var row : ROW.matcher(table).results().toList()) {
            var key = row.group(1).replaceFirst("\\.[A-Z]+$", "");
            var parts = BRACES.matcher(row.group(2));
            documented.add(key);
            if (parts.find()) {
                for (var part : parts.group(1).split(", ", -1)) {
                    documented.add(key + "." + part);
                }
            }
        }

        assertThat(documented).containsExactlyElementsOf(declared());
    }

    /** As the table has them: a section whose keys have rows of their own has none itself. */
    private static Set<String> declared() {
        var declared = new TreeSet<String>();
        for (var key : DOCUMENT.path("properties").properties()) {
            var below = new TreeSet<String>();
            if (!List.of("system", "prompt").contains(key.getKey())) {
                addBelow(key.getKey() + ".", key.getValue(), below);
            }
            if (below.isEmpty()) {
                declared.add(key.getKey());
            }
            declared.addAll(below);
        }
        return declared;
    }

    private static void addBelow(String prefix, JsonNode schema, Set<String> keys) {
        for (var key : schema.path("properties").properties()) {
            keys.add(prefix + key.getKey());
            addBelow(prefix + key.getKey() + ".", key.getValue(), keys);
        }
        schema.path("oneOf").values().forEach(form -> addBelow(prefix, form, keys));
    }

    @Test
    void everyKeyIsExplained() {
        var silent = new ArrayList<String>();
        addSilent("", DOCUMENT, silent);

        assertThat(silent).isEmpty();
    }

    private static void addSilent(String path, JsonNode schema, List<String> silent) {
        for (var key : schema.path("properties").properties()) {
            var below = path + "/" + key.getKey();
            var words = key.getValue().path("description").asString("");
            if (!words.endsWith(".") || words.contains("\n")) {
                silent.add(below);
            }
            addSilent(below, key.getValue(), silent);
        }
        for (var forms : List.of("oneOf", "anyOf")) {
            schema.path(forms).values().forEach(form -> addSilent(path, form, silent));
        }
    }

    /** A pipeline that is right but for one line. */
    private static String with(String line) {
        var text = new StringBuilder();
        RIGHT.forEach((key, value) -> {
            if (!line.startsWith(key + ":")) {
                text.append(key).append(": ").append(value).append('\n');
            }
        });
        return text.append(line).append('\n').toString();
    }

    private static List<Error> problems(String text) {
        return SCHEMA.validate(YamlDocument.parse(text, new Problems()).root());
    }

    private PipelineDefinition read(String text) throws IOException {
        Files.writeString(folder.resolve("s.json"), "{\"type\": \"object\"}");
        var variables = Map.of("TEN", "10", "YES", "true", "BETA", "b-1", "TTL", "1h");
        return PipelineDefinition.read(
                Files.writeString(folder.resolve("pipeline.yaml"), text),
                name -> Optional.ofNullable(variables.get(name)));
    }
}

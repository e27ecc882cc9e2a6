package dev.nightmail.config.section;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.config.yaml.EnvironmentValues;
import dev.nightmail.config.yaml.Problems;
import dev.nightmail.config.yaml.YamlDocument;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class YamlSectionTest {

    private static final Key<Integer> SIZE =
            Key.of("size", Kinds.wholeNumber(1, 9), "How many.").orElse(3);
    private static final Key<Boolean> FLAG = Key.of("flag", Kinds.flag(), "Whether.").orElse(false);
    private static final Key<Duration> WAIT =
            Key.of("wait", Kinds.duration(Duration.ZERO, Duration.ofHours(1)), "How long.")
                    .orElse(Duration.ofMinutes(1), "1m");
    private static final Key<String> TEXT =
            Key.of("text", Kinds.text(), "What.").required("give a text");
    private static final Key<YamlSection> PART =
            Key.of("part", Kinds.section(Keys.of(SIZE, FLAG, WAIT), "{ size: 3 }"), "A part.");
    private static final Keys KEYS = Keys.of(TEXT, PART);

    private final Problems problems = new Problems();

    @Test
    void keysThatAreDeclaredHaveTheirValuesOrTheirDefaults() {
        var part = part("text: a\npart: { size: 4, wait: 90s }\n");

        assertThat(part.valueOf(SIZE)).isEqualTo(4);
        assertThat(part.valueOf(FLAG)).isFalse();
        assertThat(part.valueOf(WAIT)).isEqualTo(Duration.ofSeconds(90));
        assertThat(problems.lines()).isEmpty();
    }

    @Test
    void everyProblemNamesItsKeyItsLineAndWhatMayStandThere() {
        var part = part("part:\n  size: 10\n  flag: yes\n  wait: 2h\n  siez: 1\nother: 1\n");
        part.valueOf(SIZE);
        part.valueOf(FLAG);
        part.valueOf(WAIT);

        assertThat(problems.lines())
                .containsExactly(
                        "line 2: part.size: must be a whole number from 1 to 9, not 10",
                        "line 3: part.flag: must be true or false, not yes",
                        "line 4: part.wait: must be a length of time from 0s to 1h, such as 90s, 15m, 1h or 2d, not 2h",
                        "line 5: part.siez: is not a key here; did you mean size?",
                        "line 6: other: is not a key here; allowed: text, part",
                        "text: is missing: give a text");
    }

    @Test
    void aNumberMayComeFromAVariableAndNotFromAText() {
        assertThat(part("text: a\npart: { size: \"${SIZE}\", flag: \"${FLAG}\" }\n").valueOf(SIZE))
                .isEqualTo(7);
        assertThat(problems.lines()).isEmpty();

        part("text: a\npart: { size: \"7\" }\n").valueOf(SIZE);
        part("text: a\npart: { size: \"${SECRET}\" }\n").valueOf(SIZE);
        assertThat(problems.lines())
                .containsExactly(
                        "line 2: part.size: must be a whole number from 1 to 9, not \"7\"",
                        "line 2: part.size: must be a whole number from 1 to 9, not what its environment variable says");
    }

    @Test
    void aKeyThatIsReadMustBeDeclaredSoThatNoSchemaLacksIt() {
        var root = root("text: a\n");

        assertThatThrownBy(() -> root.read(SIZE)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSectionWithoutDeclarationsKnowsWhatItIsAskedFor() {
        var document = YamlDocument.parse("known: 1\nknwon: 2\n", problems);
        var section = YamlSection.of(document, Keys.OPEN, problems);

        assertThat(section.wholeNumber("known", 0, 9, 0)).isEqualTo(1);
        section.refuseUnknownKeys();

        assertThat(problems.lines())
                .containsExactly("line 2: knwon: is not a key here; did you mean known?");
    }

    @Test
    void theSchemaSaysWhatTheKeysSay() {
        var schema = JsonMapper.shared().createObjectNode();

        Keys.of(TEXT, SIZE).describe(schema, true);

        assertThat(schema)
                .isEqualTo(
                        JsonMapper.shared()
                                .readTree(
                                        """
                                        {"type": "object",
                                         "properties": {
                                           "text": {"type": "string", "pattern": "\\\\S", "description": "What."},
                                           "size": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9},
                                                              {"type": "string", "pattern": "(^|[^$])\\\\$\\\\{[A-Za-z_][A-Za-z0-9_]*\\\\}"}],
                                                    "description": "How many.", "default": 3}},
                                         "required": ["text"],
                                         "additionalProperties": false}
                                        """));
    }

    @Test
    void aKindThatDeclaresNothingIsAnOpenObjectWithItsKey() {
        var schema = JsonMapper.shared().createObjectNode();

        new Alternatives<>(List.of("log"), log -> log, _ -> Keys.OPEN, "{ log: … }")
                .describe(schema, true);

        assertThat(schema)
                .isEqualTo(
                        JsonMapper.shared()
                                .readTree(
                                        """
                                        {"oneOf": [{"type": "object", "properties": {}, "required": ["log"]}]}
                                        """));
    }

    @Test
    void aDefaultIsWrittenAsItIsMeant() {
        var minute = Duration.ofMinutes(1);

        assertThatThrownBy(() -> Key.of("wait", WAIT.kind(), "How long.").orElse(minute, "1h"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private YamlSection part(String text) {
        var root = root(text);
        root.read(TEXT);
        var part = root.read(PART);
        if (part == null) {
            throw new AssertionError("no part");
        }
        root.refuseUnknownKeys();
        return part;
    }

    private YamlSection root(String text) {
        var document = YamlDocument.parse(text, problems);
        var variables = Map.of("SIZE", "7", "FLAG", "true", "SECRET", "sk-1");
        new EnvironmentValues(name -> Optional.ofNullable(variables.get(name)))
                .putInto(document, problems, Set.of());
        return YamlSection.of(document, KEYS, problems);
    }
}

package dev.nightmail.pipeline.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.cost.Usage;
import dev.nightmail.pipeline.definition.OutputDefinition;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class SchemaTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"$schema\": \"https://example.com/none\", \"type\": \"object\"} | is no JSON schema",
                "{\"type\": \"string\", \"pattern\": \"[a\"} | is no JSON schema",
                "{\"$ref\": \"#/$defs/none\"} | is no JSON schema",
                "{\"$ref\": \"other.json\"} | is no JSON schema",
                "{\"type\": \"text\"} | is no JSON schema",
                "{} | constrains nothing, so any JSON would do: give it a \"type\"",
                "{\"title\": \"An answer\"} | constrains nothing",
                "{\"name\": \"mood\", \"schema\": {\"type\": \"object\"}, \"strict\": true} | constrains nothing, so any JSON would do: write what stands under \"schema\" there",
                "{\"type\": \"object\", \"requird\": [\"a\"]} | /requird is no keyword: did you mean required?",
                "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\", \"maxLenght\": 3}}} | /properties/a/maxLenght is no keyword: did you mean maxLength?",
                "{\"anyOf\": [{\"type\": \"null\"}, {\"enmu\": [1]}]} | /anyOf/1/enmu is no keyword: did you mean enum?"
            })
    void aSchemaThatChecksLessThanItSaysIsRefusedInOneLine(String schema, String words) {
        assertThatThrownBy(() -> check(schema))
                .isInstanceOf(InvalidSchemaException.class)
                .hasMessageStartingWith("output.schema: answer.schema.json")
                .hasMessageContaining(words)
                .extracting(failure -> String.valueOf(failure.getMessage()).lines().count())
                .isEqualTo(1L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\"}",
                "{\"type\": \"object\", \"properties\": {\"requird\": {\"type\": \"string\"}, \"enmu\": {}}}",
                "{\"type\": \"string\", \"x-note\": 1, \"example\": \"a\", \"nullable\": true}",
                "{\"$defs\": {\"m\": {\"enum\": [1]}}, \"$ref\": \"#/$defs/m\"}"
            })
    void aSchemaThatMeansWhatItSaysIsTaken(String schema) {
        assertThatCode(() -> check(schema)).doesNotThrowAnyException();
    }

    @Test
    void halfACharacterIsReplacedAndAWholeOneKept() {
        var half = Character.toString((char) 0xD83D);
        var whole = Character.toString(0x1F600);
        var text = new Message("a" + half + "b" + whole, null, "end_turn", "m", Usage.NONE);

        assertThat(new AnswerCheck(null).check(text))
                .isEqualTo(new Verdict.Accepted("\"a\uFFFDb" + whole + "\""));
        assertThat(
                        check("{\"type\": \"object\"}")
                                .check(
                                        new Message(
                                                "{\"a\": \"\\ud83d!\"}",
                                                null,
                                                "end_turn",
                                                "m",
                                                Usage.NONE)))
                .isEqualTo(new Verdict.Accepted("{\"a\":\"\uFFFD!\"}"));
    }

    private static AnswerCheck check(String schema) {
        return new AnswerCheck(
                new OutputDefinition(
                        Path.of("answer.schema.json"),
                        (ObjectNode) JsonMapper.shared().readTree(schema),
                        0));
    }
}

package dev.nightmail.cli.batches;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestCheckTest {

    private final RequestCheck check = new RequestCheck();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "[] | expected an object with custom_id and params",
                "{\"params\": {}} | custom_id: is missing",
                "{\"custom_id\": 7, \"params\": {}} | custom_id: expected a string",
                "{\"custom_id\": \"a b\", \"params\": {}} | custom_id: expected 1 to 64 letters, digits, _ or -",
                "{\"custom_id\": \"a\", \"custom_id\": \"b\", \"params\": {}} | custom_id: given twice",
                "{\"custom_id\": \"a\"} | params: is missing",
                "{\"custom_id\": \"a\", \"params\": []} | params: expected an object",
                "{\"custom_id\": \"a\", \"params\": {}, \"param\": 1} | param: not a field of a request; those are custom_id and params",
                "{\"custom_id\": \"a\", \"body\": null} | body: expected an object",
                "{\"custom_id\": \"a\", \"body\": {}, \"params\": {}} | params: stands beside body; one of them is enough",
                "{\"custom_id\": \"a\", \"method\": \"POST\", \"url\": \"/v1/messages\", \"params\": {}} | body: is missing",
                "{\"custom_id\": \"a\", \"params\": {}, \"body\": {}} | body: stands beside params; one of them is enough",
                "{\"custom_id\": \"a\", \"params\": {}} {} | holds more than one JSON value",
                "{\"custom_id\": \"a\", \"params\": {\"secret\": nope}} | is not valid JSON at column 41"
            })
    void aFlawIsNamed(String line, String problem) {
        assertThat(problem(line, 1)).isEqualTo(problem);
    }

    @Test
    void aGoodRequestHasNoProblem() {
        assertThat(problem("{\"custom_id\": \"a-Z_9\", \"params\": {\"x\": {\"y\": []}}}", 1))
                .isEmpty();
    }

    @Test
    void aDuplicateIdNamesBothLines() {
        problem("{\"custom_id\": \"a\", \"params\": {}}", 3);

        assertThat(problem("{\"custom_id\": \"a\", \"params\": {}}", 9))
                .isEqualTo("custom_id: a is also on line 3");
    }

    @Test
    void textThatIsNotUtf8IsRefused() {
        var line =
                "{\"custom_id\": \"a\", \"params\": {\"x\": \"é\"}}"
                        .getBytes(StandardCharsets.ISO_8859_1);

        assertThat(check.problem(line, 1).orElse("")).startsWith("is not valid JSON");
    }

    private String problem(String line, long number) {
        return check.problem(line.getBytes(StandardCharsets.UTF_8), number).orElse("");
    }
}

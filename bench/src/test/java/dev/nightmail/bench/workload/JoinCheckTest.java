package dev.nightmail.bench.workload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.bench.workload.JoinCheck.Findings;
import dev.nightmail.bench.workload.JoinCheck.Proof;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinCheckTest {

    private final Workload workload = Workload.of(3);

    @Test
    void resultsInAnyOrderAreRight() {
        assertThat(check(answered(2), answered(0), answered(1)))
                .isEqualTo(new Findings(3, 0, 0, 0))
                .matches(Findings::allRight);
    }

    @Test
    void anAnswerToAnotherRequestIsWrong() {
        var swapped = result("request-0000001", workload.answerTo(2));

        assertThat(check(answered(0), swapped, answered(2))).isEqualTo(new Findings(2, 1, 0, 0));
    }

    @Test
    void anAnswerToAlteredBytesIsWrong() {
        var altered = result("request-0000001", Workload.answer("request-0000001", 1234));

        assertThat(check(answered(0), altered, answered(2))).isEqualTo(new Findings(2, 1, 0, 0));
    }

    @Test
    void anAnswerToBytesWrittenAnewIsRightWhereItsNumberIsProofEnough() {
        var anew = result("request-0000001", Workload.answer("request-0000001", 1234));
        var swapped = result("request-0000002", Workload.answer("request-0000000", 1234));

        assertThat(check(Proof.NUMBER, answered(0), anew, swapped))
                .isEqualTo(new Findings(2, 1, 0, 0));
    }

    @Test
    void aResultThatIsNotThereIsMissing() {
        assertThat(check(answered(0), answered(2))).isEqualTo(new Findings(2, 0, 0, 1));
    }

    @Test
    void aSecondResultIsDoubled() {
        assertThat(check(answered(0), answered(1), answered(2), answered(1)))
                .isEqualTo(new Findings(3, 0, 1, 0));
    }

    @Test
    void aResultThatDidNotSucceedIsWrong() {
        var errored = "{\"custom_id\":\"request-0000001\",\"result\":{\"type\":\"errored\"}}";

        assertThat(check(answered(0), errored, answered(2))).isEqualTo(new Findings(2, 1, 0, 0));
    }

    @Test
    void aResultOfNoRequestIsWrong() {
        var strange = result("request-0000003", workload.answerTo(2));

        assertThat(check(answered(0), answered(1), answered(2), strange))
                .isEqualTo(new Findings(3, 1, 0, 0));
    }

    private Findings check(String... lines) {
        return check(Proof.EVERY_BYTE, lines);
    }

    private Findings check(Proof proof, String... lines) {
        var results = String.join("\n", List.of(lines)) + "\n";
        return JoinCheck.check(workload, new ByteArrayInputStream(results.getBytes(UTF_8)), proof);
    }

    private String answered(int number) {
        return result(workload.customId(number), workload.answerTo(number));
    }

    private static String result(String customId, String text) {
        return """
        {"custom_id":"%s","result":{"type":"succeeded","message":{"type":"message","content":[{"type":"text","text":"%s and more"}],"usage":{"input_tokens":1}}}}\
        """
                .formatted(customId, text);
    }
}

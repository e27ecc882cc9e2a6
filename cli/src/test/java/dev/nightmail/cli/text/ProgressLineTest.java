package dev.nightmail.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressLineTest {

    private static final Standing HALFWAY =
            new Standing(3_100, 5_000, 412, 31_000L, Duration.ofSeconds(8));

    private final ProgressLine lines = new ProgressLine(Style.PLAIN);

    @Test
    void aWideLineSaysItAll() {
        assertThat(lines.line(HALFWAY, 100))
                .isEqualTo(
                        "###################-------------   62 %  3,100 of 5,000  4.6 s left  412/s"
                                + "  $0.031");
    }

    @Test
    void theBarGetsShorterFirst() {
        assertThat(lines.line(HALFWAY, 60))
                .isEqualTo("######----   62 %  3,100 of 5,000  4.6 s left  412/s  $0.031");
    }

    @Test
    void thenTheLeastWantedPartsGo() {
        assertThat(lines.line(HALFWAY, 40)).isEqualTo("##########-------   62 %  3,100 of 5,000");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 10, 20, 40, 79, 80, 200})
    void noLineIsWiderThanItsTerminal(int columns) {
        assertThat(lines.line(HALFWAY, columns)).hasSizeLessThanOrEqualTo(columns);
        assertThat(lines.line("Reading the records", "1.2 s", columns))
                .hasSizeLessThanOrEqualTo(columns);
    }

    @Test
    void withoutARateTheLineSaysHowLongItTookSoFar() {
        var waiting = new Standing(0, 300, 0, null, Duration.ofSeconds(75));

        assertThat(lines.line(waiting, 80))
                .isEqualTo("--------------------------------    0 %  0 of 300  1 min 15 s");
    }

    @Test
    void onlyAFinishedBarIsFull() {
        var almost = new Standing(99_999, 100_000, 10, null, Duration.ofSeconds(1));
        var finished = new Standing(100_000, 100_000, 10, null, Duration.ofSeconds(1));

        assertThat(lines.line(almost, 80)).contains("-").contains(" 99 %");
        assertThat(lines.line(finished, 80)).doesNotContain("-").contains("100 %");
    }

    @Test
    void coloursAndFineStrokesAreForTerminalsThatKnowThem() {
        var fine = new ProgressLine(new Style(true, true)).line(HALFWAY, 60);

        assertThat(fine).startsWith("\u001b[32m━━━━━━\u001b[0m\u001b[2m────\u001b[0m");
    }
}

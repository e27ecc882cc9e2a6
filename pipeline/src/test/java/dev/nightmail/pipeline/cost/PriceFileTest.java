package dev.nightmail.pipeline.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceFileTest {

    private static final LocalDate TODAY = LocalDate.parse("2026-11-30");
    private static final Usage INPUT = new Usage(1_000_000, 0, 0, 0, 0);
    private static final Usage READ = new Usage(0, 0, 0, 0, 1_000_000);

    @TempDir Path folder;

    @Test
    void whatItHasOfAModelComesBeforeTheShippedPrices() {
        var prices =
                read(
                        """
                        - { model: qwen3-8b, input: 0.10, output: 0.40, batch: 1 }
                        - { model: claude-haiku-4-5, input: 2, output: 10, read: 0.5 }
                        """);

        assertThat(prices.of("qwen3-8b").orElseThrow().price(0).costMicros(INPUT))
                .isEqualTo(100_000);
        var haiku = prices.of("claude-haiku-4-5").orElseThrow();
        assertThat(haiku.price(0).costMicros(INPUT)).isEqualTo(1_000_000);
        assertThat(haiku.standardPrice(0).costMicros(READ)).isEqualTo(500_000);
        assertThat(prices.of("claude-opus-5-5"))
                .isEqualTo(PriceList.shipped().of("claude-opus-5-5"));
    }

    @Test
    void theLatestRowThatIsNotInTheFutureCounts() {
        var prices =
                read(
                        """
                        - { model: m, input: 1, output: 1 }
                        - { model: m, from: 2026-11-30, input: 2, output: 1 }
                        - { model: m, from: 2026-12-01, input: 3, output: 1 }
                        - { model: later, from: 2026-12-01, input: 3, output: 1 }
                        """);

        assertThat(prices.of("m").orElseThrow().standardPrice(0).costMicros(INPUT))
                .isEqualTo(2_000_000);
        assertThat(prices.of("later")).isEmpty();
    }

    @Test
    void longPromptsMayCostMore() {
        var model =
                read("""
                - { model: m, above-tokens: 200000, input: 2, output: 1 }
                - { model: m, input: 1, output: 1 }
                """)
                        .of("m")
                        .orElseThrow();

        assertThat(model.stepOf(200_000)).isZero();
        assertThat(model.stepOf(200_001)).isEqualTo(1);
        assertThat(model.standardPrice(1).costMicros(INPUT)).isEqualTo(2_000_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ a: 1 } | must be a list of rows",
                "- { input: 1, output: 1 } | row 1: model is missing",
                "- { model: m, input: 1 } | row 1: output must be a number from 0",
                "- { model: m, input: -1, output: 1 } | row 1: input must be a number from 0",
                "- { model: m, input: 1, output: 1, batch: 2 } | row 1: batch must be from 0 to 1",
                "- { model: m, input: 1, output: 1, form: x } | row 1: form is not a key here",
                "- { model: m, from: May, input: 1, output: 1 } | row 1: from must be a day like",
                "- { model: m, above-tokens: 5, input: 1, output: 1 } | a row without above-tokens is missing",
                "'- { model: m, input: 1' | line 1: is not valid YAML",
            })
    void whatIsWrongIsToldWithItsRow(String text, String problem) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(PriceFileException.class)
                .hasMessageContaining("prices.yaml")
                .hasMessageContaining(problem);
    }

    @Test
    void everyModelThatAnybodyStillNamesHasAPrice() {
        assertThat(PriceList.shipped().models())
                .containsKeys(
                        "claude-3-5-haiku-20241022",
                        "claude-3-5-haiku-latest",
                        "claude-3-5-sonnet-20241022",
                        "claude-3-opus-20240229",
                        "claude-3-haiku-20240307",
                        "claude-sonnet-4-20250514",
                        "claude-opus-4-1-20250805");
    }

    private PriceList read(String text) {
        try {
            return PriceFile.read(Files.writeString(folder.resolve("prices.yaml"), text), TODAY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** {@code budget}: the most a pipeline may spend. */
final class BudgetSection {

    private static final BigDecimal MICROS = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal USD_MAX = BigDecimal.valueOf(1_000_000_000);

    private static final Key<BigDecimal> USD =
            Key.of(
                            "usd",
                            Kinds.numberAbove(
                                    BigDecimal.ZERO,
                                    USD_MAX,
                                    "an amount in US dollars like 5.00, above 0 and at most 1,000,000,000"),
                            "US dollars over all runs of the pipeline; no batch is sent whose likely cost would go over it.")
                    .required("give an amount in US dollars like 5.00");

    static final Key<YamlSection> KEY =
            Key.of(
                    "budget",
                    Kinds.section(Keys.of(USD), "{ usd: 5.00 }"),
                    "The most the pipeline may spend.");

    private BudgetSection() {}

    static @Nullable Budget read(YamlSection root) {
        var section = root.read(KEY);
        var usd = section == null ? null : section.read(USD);
        return usd == null ? null : new Budget(Math.max(1, usd.multiply(MICROS).longValue()));
    }
}

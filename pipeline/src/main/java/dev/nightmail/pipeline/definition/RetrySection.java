package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import java.time.Duration;

/** {@code retry}: how often a record is sent again. */
final class RetrySection {

    private static final int RETRIES_MAX = 100;

    /** Results are there for 29 days at most (wire contract, section 1.3). */
    private static final Duration MISSING_MAX = Duration.ofDays(29);

    private static final Key<Integer> TRANSIENT =
            Key.of(
                            "transient",
                            Kinds.wholeNumber(0, RETRIES_MAX),
                            "How often one record is sent again after an error that may pass.")
                    .orElse(RetryLimits.DEFAULT.transientMax());
    private static final Key<Integer> EXPIRED =
            Key.of(
                            "expired",
                            Kinds.wholeNumber(0, RETRIES_MAX),
                            "How often one record is sent again after its batch ran out of time.")
                    .orElse(RetryLimits.DEFAULT.expiredMax());
    private static final Key<Duration> MISSING =
            Key.of(
                            "missing",
                            Kinds.duration(Duration.ZERO, MISSING_MAX),
                            "How long the results of an ended batch are fetched again while they lack some: 0s to 29d.")
                    .orElse(RetryLimits.DEFAULT.missing(), "1h");

    static final Key<YamlSection> KEY =
            Key.of(
                    "retry",
                    Kinds.section(
                            Keys.of(TRANSIENT, EXPIRED, MISSING),
                            "{ transient: 3, expired: 2, missing: 1h }"),
                    "How often a record is sent again within one run, by what went wrong.");

    private RetrySection() {}

    static RetryLimits read(YamlSection root) {
        var section = root.read(KEY);
        return section == null
                ? RetryLimits.DEFAULT
                : new RetryLimits(
                        section.valueOf(TRANSIENT),
                        section.valueOf(EXPIRED),
                        section.valueOf(MISSING));
    }
}

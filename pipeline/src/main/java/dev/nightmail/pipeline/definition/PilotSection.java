package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import org.jspecify.annotations.Nullable;

/** {@code pilot}: the first requests, which are sent alone to see whether the prompt works. */
final class PilotSection {

    /** As many as the API takes in one batch. */
    private static final int RECORDS_MAX = 100_000;

    private static final Key<Integer> RECORDS =
            Key.of(
                            "records",
                            Kinds.wholeNumber(1, RECORDS_MAX),
                            "How many requests are sent first; nothing else is sent until their results are here.")
                    .required("give a number of records like 50");
    private static final Key<BadRecords> STOP_ABOVE =
            Key.of(
                    "stop-above",
                    BadRecords.KIND,
                    "How many of them may fail before the run stops: a number (3) or a share (5%); 5% unless it is given.");

    static final Key<YamlSection> KEY =
            Key.of(
                    "pilot",
                    Kinds.section(Keys.of(RECORDS, STOP_ABOVE), "{ records: 50, stop-above: 5% }"),
                    "The first requests are sent alone, and the run stops if too many of them fail; without it there is no pilot.");

    private PilotSection() {}

    static @Nullable Pilot read(YamlSection root) {
        var section = root.read(KEY);
        if (section == null) {
            return null;
        }
        var records = section.read(RECORDS);
        var stopAbove = section.read(STOP_ABOVE);
        return records == null
                ? null
                : new Pilot(records, stopAbove == null ? BadRecords.OF_A_PILOT : stopAbove);
    }
}

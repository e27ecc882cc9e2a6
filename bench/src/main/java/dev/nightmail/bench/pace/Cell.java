package dev.nightmail.bench.pace;

import java.util.List;

/**
 * An upstream with a limit, and how it tells of it. Every call takes one request, {@link
 * #INPUT_TOKENS} and {@link #OUTPUT_TOKENS}.
 *
 * @param name also of its model, and of its part of the path
 * @param perSecond calls that the limit lets through, whatever it counts
 * @param burst calls that fit into the full bucket
 * @param counts what the limit counts; what it does not count is not limited
 * @param others calls a second that another client of the same account makes
 * @param admission when a call is counted
 */
record Cell(
        String name,
        double perSecond,
        int burst,
        Counts counts,
        Headers headers,
        Reset reset,
        Latency latency,
        double others,
        Admission admission) {

    static final int INPUT_TOKENS = 600;
    static final int OUTPUT_TOKENS = 450;

    enum Counts {
        REQUESTS,
        INPUT_TOKENS,
        OUTPUT_TOKENS,
        /** Requests, input and output, each just as much as the others. */
        ALL
    }

    enum Headers {
        ANTHROPIC,
        OPENAI,
        /** With {@code retry-after} in refusals, as the others have it. */
        NONE
    }

    /** What is said of the time at which a bucket is full. */
    enum Reset {
        /** As it is; RFC 3339 in whole seconds, a fraction as one. */
        RIGHT,
        ABSENT,
        PAST,
        MINUTE_OFF,
        /** Local time, said to be UTC. */
        OTHER_ZONE
    }

    enum Latency {
        /** 5 to 50 ms, and for one call of a hundred 200 ms more. */
        JITTERED,
        /** Half a second to three: answers come in another order than their calls. */
        LATE
    }

    enum Admission {
        AT_ONCE,
        /** After 0 to 10 ms, as behind a network. */
        BEHIND_NETWORK
    }

    static final List<Cell> ALL =
            List.of(
                    told(1),
                    told(10),
                    told(300),
                    told(3_000),
                    told(10).at(5, "slow-burst-10"),
                    told(1).at(5, "slow-burst-1"),
                    told(10).with(Admission.BEHIND_NETWORK),
                    told(300).with(Admission.BEHIND_NETWORK),
                    told(10).with(Reset.ABSENT),
                    told(10).with(Reset.PAST),
                    told(10).with(Reset.MINUTE_OFF),
                    told(10).with(Reset.OTHER_ZONE),
                    told(1).with(Reset.OTHER_ZONE),
                    told(300).with(Reset.OTHER_ZONE),
                    told(3_000).with(Reset.MINUTE_OFF),
                    told(3_000).with(Reset.OTHER_ZONE),
                    told(10).with(Latency.LATE),
                    told(300).with(Latency.LATE),
                    told(10).with(Counts.INPUT_TOKENS),
                    told(10).with(Counts.OUTPUT_TOKENS),
                    told(300).with(Counts.OUTPUT_TOKENS),
                    told(10).with(Counts.ALL),
                    told(300).with(Counts.ALL),
                    told(10).with(Headers.OPENAI),
                    told(300).with(Headers.OPENAI),
                    told(10).beside(20),
                    told(300).beside(20),
                    told(10).with(Headers.NONE));

    static final List<String> SMOKE =
            List.of("burst-10", "burst-300", "burst-10-openai", "burst-10-output-tokens");

    private static Cell told(int burst) {
        return new Cell(
                "burst-" + burst,
                50,
                burst,
                Counts.REQUESTS,
                Headers.ANTHROPIC,
                Reset.RIGHT,
                Latency.JITTERED,
                0,
                Admission.AT_ONCE);
    }

    static Cell of(String name) {
        return ALL.stream().filter(cell -> cell.name.equals(name)).findFirst().orElseThrow();
    }

    private Cell at(double rate, String newName) {
        return new Cell(newName, rate, burst, counts, headers, reset, latency, others, admission);
    }

    private Cell with(Counts other) {
        return new Cell(
                named(other), perSecond, burst, other, headers, reset, latency, others, admission);
    }

    private Cell with(Headers other) {
        return new Cell(
                named(other), perSecond, burst, counts, other, reset, latency, others, admission);
    }

    private Cell with(Reset other) {
        return new Cell(
                name + "-reset" + suffix(other),
                perSecond,
                burst,
                counts,
                headers,
                other,
                latency,
                others,
                admission);
    }

    private Cell with(Latency other) {
        return new Cell(
                named(other), perSecond, burst, counts, headers, reset, other, others, admission);
    }

    private Cell with(Admission other) {
        return new Cell(
                named(other), perSecond, burst, counts, headers, reset, latency, others, other);
    }

    private Cell beside(double others) {
        return new Cell(
                name + "-beside-another",
                perSecond,
                burst,
                counts,
                headers,
                reset,
                latency,
                others,
                admission);
    }

    private String named(Enum<?> other) {
        return name + suffix(other);
    }

    private static String suffix(Enum<?> of) {
        return "-" + of.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}

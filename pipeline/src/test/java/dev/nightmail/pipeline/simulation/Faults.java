package dev.nightmail.pipeline.simulation;

import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What goes wrong, and how often: each seed has some of it and not the rest. */
final class Faults {

    /** Something that goes wrong now and then. */
    enum Fault {
        CREATE_LOST_BEFORE,
        CREATE_LOST_AFTER,
        CREATE_LATE,
        CREATE_TURNED_AWAY,
        CREATE_REFUSED,
        CREATE_UNREACHABLE,
        ACCOUNT_REFUSED,
        LOOK_UP_FAILS,
        LOOK_UP_PAGE,
        LOOK_UP_LAGS,
        LIST_FAILS,
        LIST_HAS_GAP,
        LIST_LAGS,
        COUNTS_LATE,
        RESULTS_FAIL,
        RESULTS_PAGE,
        RESULTS_BREAK_OFF,
        RESULTS_CHANGE,
        RESULTS_SHORT,
        RESULTS_REPEAT,
        RESULTS_GARBLED,
        RESULTS_CONTRADICT,
        FOREIGN_LINES,
        COUNT_FAILS,
        SLOW,
        SINK_FAILS,
        SINK_ANSWER_LOST,
        REQUEST_FAILS,
        REQUEST_INVALID,
        REQUEST_OF_ACCOUNT,
        ANSWER_UNUSABLE,
        BATCH_EXPIRES,
        LACKS_FOR_A_WHILE,
        LACKS_FOR_EVER,
        FOREIGN_BATCH,
        PERSON_CANCELS,
        PERSON_DELETES,
        PERSON_ARCHIVES
    }

    private final RandomGenerator random;
    private final Map<Fault, Integer> per256 = new EnumMap<>(Fault.class);
    private boolean ceased;

    Faults(RandomGenerator random) {
        this.random = random;
        for (var fault : Fault.values()) {
            if (random.nextInt(3) == 0) {
                per256.put(fault, 1 << random.nextInt(3, 7));
            }
        }
    }

    boolean strikes(Fault fault) {
        int rate = per256.getOrDefault(fault, 0);
        return !ceased && rate > 0 && random.nextInt(256) < rate;
    }

    boolean has(Fault fault) {
        return per256.containsKey(fault);
    }

    void cease() {
        ceased = true;
    }

    @Override
    public String toString() {
        return "faults of 256: " + per256;
    }
}

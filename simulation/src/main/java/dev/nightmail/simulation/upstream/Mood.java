package dev.nightmail.simulation.upstream;

import dev.nightmail.simulation.fault.Fault;
import dev.nightmail.simulation.fault.Faults;
import java.util.List;

/** What becomes of a call. */
enum Mood {
    ANSWERS,
    REFUSES,
    FAILS,
    THROTTLES,
    UNREACHABLE,
    BARRED,
    HANGS,
    BREAKS;

    private record Chance(Fault fault, Mood mood) {}

    private static final List<Chance> CHANCES =
            List.of(
                    new Chance(Fault.CALL_REFUSED, REFUSES),
                    new Chance(Fault.CALL_FAILS, FAILS),
                    new Chance(Fault.CALL_THROTTLED, THROTTLES),
                    new Chance(Fault.CALL_UNREACHABLE, UNREACHABLE),
                    new Chance(Fault.CALL_BARRED, BARRED),
                    new Chance(Fault.CALL_HANGS, HANGS),
                    new Chance(Fault.CALL_BREAKS, BREAKS));

    static Mood now(Faults faults) {
        for (var chance : CHANCES) {
            if (faults.happens(chance.fault())) {
                return chance.mood();
            }
        }
        return ANSWERS;
    }
}

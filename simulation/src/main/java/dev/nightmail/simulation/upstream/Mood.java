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
    BREAKS,
    /** It answers with what nobody can use. */
    BABBLES;

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

    private static final List<Chance> OF_REQUESTS =
            List.of(
                    new Chance(Fault.REQUEST_POISONED, FAILS),
                    new Chance(Fault.REQUEST_BARRED, BARRED),
                    new Chance(Fault.REQUEST_UNUSABLE, BABBLES));

    static Mood now(Faults faults, String request) {
        for (var chance : OF_REQUESTS) {
            if (faults.afflicts(chance.fault(), request)) {
                return chance.mood();
            }
        }
        for (var chance : CHANCES) {
            if (faults.happens(chance.fault())) {
                return chance.mood();
            }
        }
        return ANSWERS;
    }
}

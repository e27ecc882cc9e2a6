package dev.nightmail.pipeline.decide;

import dev.nightmail.pipeline.decide.Effect.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What may be sent for the sake of the pilot: the first requests of a prompt, which go alone. It is
 * <em>due</em> until one batch of at most so many requests is on its way, and then <em>open</em>
 * until that batch, and those with what of it was asked again, are in and judged.
 */
final class PilotGate {

    private enum Phase {
        /** Anything may be sent: there is none, or it passed. */
        NONE,
        DUE,
        OPEN,
        /** Nothing more is sent. */
        FAILED
    }

    private final int requestsMax;
    private final Set<Integer> batches = new TreeSet<>();
    private Phase phase = Phase.NONE;
    private long toAskAgain;

    PilotGate(int requestsMax) {
        this.requestsMax = requestsMax;
    }

    /**
     * @param sent batches of it that an earlier run sent, or meant to send
     */
    void isDue(List<Integer> sent) {
        batches.addAll(sent);
        phase = sent.isEmpty() ? Phase.DUE : Phase.OPEN;
    }

    boolean hasFailed() {
        return phase == Phase.FAILED;
    }

    /** The prepared batch that may be sent next; its number is the order in which they were cut. */
    Optional<Integer> next(Map<Integer, Standing> standings) {
        var ready = new ArrayList<Integer>();
        int most = 0;
        for (var entry : standings.entrySet()) {
            if (!(entry.getValue() instanceof Standing.Ready(var requests, _))) {
                continue;
            }
            switch (phase) {
                case NONE -> ready.add(entry.getKey());
                case DUE -> {
                    // A smaller one says less.
                    if (requests <= requestsMax && requests > most) {
                        most = requests;
                        ready.addFirst(entry.getKey());
                    }
                }
                case OPEN -> {
                    if (batches.contains(entry.getKey())) {
                        ready.add(entry.getKey());
                    }
                }
                case FAILED -> {}
            }
        }
        return ready.stream().findFirst();
    }

    /** What is to be gathered, if no prepared batch may be sent. */
    Optional<Wanted> wanted(boolean hasReady, long outstanding) {
        return switch (phase) {
            case NONE -> !hasReady && outstanding > 0 ? Optional.of(Wanted.ANY) : Optional.empty();
            case DUE ->
                    hasReady || outstanding > 0 ? Optional.of(Wanted.A_PILOT) : Optional.empty();
            case OPEN -> toAskAgain > 0 ? Optional.of(Wanted.THE_PILOTS) : Optional.empty();
            case FAILED -> Optional.empty();
        };
    }

    /** What a batch that costs too much is to be gathered into. */
    Wanted wantedInstead() {
        return switch (phase) {
            case NONE, FAILED -> Wanted.ANY;
            case DUE -> Wanted.A_PILOT;
            case OPEN -> Wanted.THE_PILOTS;
        };
    }

    /** How many records there are to gather. */
    long toGather(Wanted wanted, long outstanding) {
        return switch (wanted) {
            case ANY, A_PILOT -> outstanding;
            case THE_PILOTS -> toAskAgain;
        };
    }

    /** A batch of it that was not sent makes way for a smaller one. */
    void dissolved(int batch, int requests) {
        if (phase == Phase.OPEN && batches.contains(batch)) {
            toAskAgain += requests;
        }
    }

    /** Its requests are in a batch now, or not kept any more. */
    void gathered(Optional<Integer> batch) {
        batch.ifPresent(batches::add);
        toAskAgain = 0;
    }

    /**
     * @return whether it is the pilot from here on
     */
    boolean begins(int batch) {
        if (phase != Phase.DUE) {
            return false;
        }
        batches.clear();
        batches.add(batch);
        phase = Phase.OPEN;
        return true;
    }

    /** Whether all of it is in. */
    boolean isToBeJudged(Map<Integer, Standing> standings) {
        return phase == Phase.OPEN
                && toAskAgain == 0
                && batches.stream().noneMatch(standings::containsKey);
    }

    void judged(Report.Judgement judgement) {
        switch (judgement) {
            case Report.Judgement.Passed() -> phase = Phase.NONE;
            case Report.Judgement.Stopped() -> phase = Phase.FAILED;
            case Report.Judgement.AskAgain(var records) -> toAskAgain = records;
            case Report.Judgement.Undecided() -> {
                batches.clear();
                phase = Phase.DUE;
            }
        }
    }
}

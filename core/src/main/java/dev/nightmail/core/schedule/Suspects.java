package dev.nightmail.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells requests that are at fault from an upstream that is, for one upstream.
 *
 * <p>A call meets with <i>trouble</i> when it fails, or when the upstream would not serve us.
 * Either may be the request's own fault or the upstream's, and one call cannot tell. Other calls
 * can: a request is <i>refuted</i> when another one that was sent no earlier than it was answered.
 * From then on its trouble is its own, and no news of the upstream; unless other requests have met
 * with trouble for the first time since, for then it is the upstream again. The same holds for a
 * lane of which nothing was ever answered, as a whole: a batch whose model nobody knows is not to
 * be taken for an upstream in trouble once for each of its requests.
 *
 * <p>Sent, not answered, is what is compared: slow answers to calls from before an outage still
 * come in while it lasts, and refute nothing.
 *
 * <p>It remembers the requests that have met with trouble and have no result yet, and the lanes
 * they belong to; nothing of a batch that is over.
 */
final class Suspects {

    /** News of other requests' trouble makes a failure theirs and not the request's for so long. */
    private static final Duration RECENT = Duration.ofSeconds(30);

    /**
     * So many failures of a request are news even if it was refuted: where half of all calls fail
     * by chance, some fail twice, and the upstream is unhealthy all the same.
     */
    private static final int FAILURES_TOLD = 2;

    /**
     * Where nobody else can tell, a failure is held against its request when so much time has
     * passed since the last one that was, twice as much each time: with five attempts an outage of
     * half an hour costs no request its result, and a request that always fails ends all the same.
     */
    private static final Duration HELD_AGAINST_MIN = Duration.ofMinutes(1);

    private static final Duration HELD_AGAINST_MAX = Duration.ofMinutes(16);

    /** First calls that are looked at to find out how many of them fail by chance. */
    private static final int FIRST_CALLS = 64;

    private static final int FIRST_CALLS_MIN = 16;

    /** Of so many requests that are not at fault one may fail each time by chance. */
    private static final double BY_CHANCE = 0.001;

    private final Map<Who, Suspect> requests = new HashMap<>();
    private final Map<Lane, TroubledLane> lanes = new LinkedHashMap<>();

    /** When the latest call was sent that was answered. */
    private Instant answeredSentAt = Instant.MIN;

    /** A bit for each of the last first calls of requests, the latest lowest; set if it failed. */
    private long failedFirst;

    private int firstCalls;

    /** A request, as long as its batch is run. */
    record Who(RunningBatch batch, int number) {}

    private static final class Suspect {
        private int troubles;
        private Instant sentAt;
        private boolean refuted;
        private Instant heldAgainstAt;

        Suspect(Instant sentAt, Instant now) {
            this.sentAt = sentAt;
            this.heldAgainstAt = now;
        }
    }

    private static final class TroubledLane {
        private final Instant sentAt;
        private boolean refuted;
        private Instant at = Instant.MIN;
        private int heldAgainst;
        private @Nullable News latest;

        /** The latest by another request than that of {@link #latest}. */
        private @Nullable News before;

        TroubledLane(Instant sentAt) {
            this.sentAt = sentAt;
        }

        void learn(News news) {
            if (latest != null && !latest.who().equals(news.who())) {
                before = latest;
            }
            latest = news;
        }

        /** The latest that does not come from this request. */
        @Nullable News notFrom(Who who) {
            return latest != null && latest.who().equals(who) ? before : latest;
        }
    }

    private record News(Who who, Instant sentAt, Instant at) {}

    /**
     * What is to be made of a call that met with trouble.
     *
     * @param count how often its request has, this time included
     * @param isNews whether it speaks of the upstream
     * @param isOwn whether the request is at fault, by all that is known
     * @param isAlone whether no other request was answered since it met with trouble before
     */
    record Trouble(Who who, int count, boolean isNews, boolean isOwn, boolean isAlone) {}

    /** A call of the lane was answered. */
    void answered(Lane lane, int number, Instant sentAt) {
        answered(sentAt);
        lane.answered();
        if (requests.isEmpty() || requests.remove(new Who(lane.batch(), number)) == null) {
            firstCall(0);
        }
    }

    private void firstCall(int failed) {
        failedFirst = failedFirst << 1 | failed;
        firstCalls = Math.min(FIRST_CALLS, firstCalls + 1);
    }

    /** A call was answered, whoever made it. */
    void answered(Instant sentAt) {
        if (sentAt.isAfter(answeredSentAt)) {
            answeredSentAt = sentAt;
        }
    }

    /** Whether a call that was sent then is refuted as a sign that the upstream is in trouble. */
    boolean isRefuted(Instant sentAt) {
        return !answeredSentAt.isBefore(sentAt);
    }

    /** A call failed. */
    Trouble failed(Lane lane, int number, Instant sentAt, Instant now) {
        return trouble(lane, number, sentAt, FAILURES_TOLD, now);
    }

    /** The upstream would not serve us. */
    Trouble barred(Lane lane, int number, Instant sentAt, Instant now) {
        return trouble(lane, number, sentAt, 0, now);
    }

    private Trouble trouble(Lane lane, int number, Instant sentAt, int told, Instant now) {
        var who = new Who(lane.batch(), number);
        var suspect = requests.computeIfAbsent(who, _ -> new Suspect(sentAt, now));
        var troubled = lanes.computeIfAbsent(lane, _ -> new TroubledLane(sentAt));
        suspect.troubles++;
        troubled.at = now;
        boolean othersAnswered = isRefuted(suspect.sentAt);
        suspect.refuted |= othersAnswered;
        suspect.sentAt = sentAt;
        troubled.refuted |= isRefuted(troubled.sentAt);
        boolean wholeLane = isRefuted(lane, troubled);
        boolean isNews = !wholeLane && (suspect.troubles <= told || !suspect.refuted);
        if (isNews) {
            troubled.learn(new News(who, sentAt, now));
            if (suspect.troubles == 1) {
                firstCall(1);
            }
        }
        boolean isOwn =
                (suspect.refuted || wholeLane)
                        && (told == 0 ? isServing(who) : isServing(who) || isQuiet(who, now));
        return new Trouble(who, suspect.troubles, isNews, isOwn, !othersAnswered);
    }

    private static boolean isRefuted(Lane lane, TroubledLane troubled) {
        return troubled.refuted && !lane.isAnswered();
    }

    /** Whether a call was answered that was sent after every other request's trouble. */
    private boolean isServing(Who who) {
        return lanes.values().stream()
                .map(lane -> lane.notFrom(who))
                .allMatch(news -> news == null || isRefuted(news.sentAt()));
    }

    private boolean isQuiet(Who who, Instant now) {
        return lanes.values().stream()
                .map(lane -> lane.notFrom(who))
                .allMatch(news -> news == null || !now.isBefore(news.at().plus(RECENT)));
    }

    /**
     * Whether a failure that nobody can explain is held against its request.
     *
     * @param attempts that were held against it before
     */
    boolean isOverdue(Trouble trouble, int attempts, Instant now) {
        var suspect = requests.get(trouble.who());
        if (suspect == null) {
            return false;
        }
        var wait = HELD_AGAINST_MIN.multipliedBy(1L << Math.min(attempts, 8));
        var least = wait.compareTo(HELD_AGAINST_MAX) < 0 ? wait : HELD_AGAINST_MAX;
        return !now.isBefore(suspect.heldAgainstAt.plus(least));
    }

    /**
     * How often in a row a request has to fail before that is no chance, where so many of the first
     * calls of others fail: 5 times where a quarter does, 10 times where half of them do.
     *
     * @param most whatever chance may say
     */
    int failuresByChance(int most) {
        if (firstCalls < FIRST_CALLS_MIN) {
            return 0;
        }
        double share = (double) Long.bitCount(failedFirst) / firstCalls;
        double failures = Math.log(BY_CHANCE) / Math.log(Math.min(share, 0.99));
        return (int) Math.min(most, Math.ceil(failures));
    }

    /** The trouble counts as an attempt of its request. */
    void heldAgainst(Trouble trouble, Lane lane, Instant now) {
        var suspect = requests.get(trouble.who());
        if (suspect != null) {
            suspect.heldAgainstAt = now;
        }
        var troubled = lanes.get(lane);
        if (troubled != null && isRefuted(lane, troubled)) {
            troubled.heldAgainst++;
        }
    }

    /**
     * Whether a lane of which nothing was ever answered has had its attempts while others were: the
     * rest of its requests need not have theirs.
     */
    boolean isLost(Lane lane, int attemptsMax) {
        var troubled = lanes.get(lane);
        return troubled != null && isRefuted(lane, troubled) && troubled.heldAgainst >= attemptsMax;
    }

    /** When the lane last met with trouble; far in the past if it did not. */
    Instant troubledAt(Lane lane) {
        var troubled = lanes.get(lane);
        return troubled == null ? Instant.MIN : troubled.at;
    }

    /** The request has a result. */
    void forget(RunningBatch batch, int number) {
        if (!requests.isEmpty()) {
            requests.remove(new Who(batch, number));
        }
    }

    /** The batch is over. */
    void forget(RunningBatch batch) {
        if (!requests.isEmpty()) {
            requests.keySet().removeIf(who -> who.batch() == batch);
        }
        if (!lanes.isEmpty()) {
            lanes.keySet().removeIf(lane -> lane.batch() == batch);
        }
    }
}

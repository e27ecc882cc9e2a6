package dev.nightmail.app.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** When the processes of one life are killed, one after the other. Used by one thread. */
final class Kills {

    private static final int KILLS_MAX = 3;

    /** More than any life takes. */
    private static final Duration NEVER = Duration.ofMinutes(2);

    private final List<Duration> planned;
    private final List<Duration> moments = new ArrayList<>();
    private long begunAt;
    private long nextFrom;

    private Kills(List<Duration> planned) {
        this.planned = planned;
    }

    static Kills none() {
        return new Kills(List.of());
    }

    /**
     * @param life what a life takes that is not disturbed
     * @param part of it after which the first kill comes, at random within the next tenth
     */
    static Kills of(Random random, Duration life, double part) {
        var planned = new ArrayList<Duration>();
        long nanos = life.toNanos();
        planned.add(
                Duration.ofNanos((long) (nanos * Math.min(1, part + random.nextDouble() / 10))));
        // Later ones count from the kill before.
        int more = random.nextInt(KILLS_MAX);
        for (int kill = 0; kill < more; kill++) {
            planned.add(Duration.ofNanos((long) (nanos * random.nextDouble() / 2)));
        }
        return new Kills(planned);
    }

    void begin() {
        begunAt = System.nanoTime();
        nextFrom = begunAt;
    }

    /** Until the next kill, not less than nothing. */
    Duration untilNext() {
        if (moments.size() == planned.size()) {
            return NEVER;
        }
        long due = nextFrom + planned.get(moments.size()).toNanos();
        return Duration.ofNanos(Math.max(0, due - System.nanoTime()));
    }

    boolean areOver() {
        return moments.size() == planned.size();
    }

    void killed() {
        moments.add(sinceBegin());
        nextFrom = System.nanoTime();
    }

    Duration sinceBegin() {
        return Duration.ofNanos(System.nanoTime() - begunAt);
    }

    /** When it was killed so far, since the beginning of its life. */
    List<Duration> moments() {
        return List.copyOf(moments);
    }
}

package dev.nightmail.core.schedule;

import dev.nightmail.core.schedule.UpstreamState.Calls;
import java.time.Instant;

/** Counts how the calls of one upstream went, and how fast they are answered. */
final class CallCounts {

    /** The pace is that of so many whole seconds, and of the one that is under way. */
    private static final int SECONDS = 10;

    private final int[] answeredIn = new int[SECONDS + 1];
    private long second;
    private long firstSecond = Long.MAX_VALUE;
    private long answered;
    private long throttled;
    private long failed;

    void answered(Instant now) {
        turnTo(now);
        firstSecond = Math.min(firstSecond, second);
        answeredIn[index(second)]++;
        answered++;
    }

    void throttled() {
        throttled++;
    }

    void failed() {
        failed++;
    }

    Calls now(Instant now) {
        turnTo(now);
        int sum = 0;
        for (int count : answeredIn) {
            sum += count;
        }
        double sinceSecondBegan = Math.floorMod(now.toEpochMilli(), 1000L) / 1e3;
        double seconds = Math.min(SECONDS, Math.max(0, second - firstSecond)) + sinceSecondBegan;
        return new Calls(answered, throttled, failed, sum / Math.max(1, seconds));
    }

    private void turnTo(Instant now) {
        long current = now.getEpochSecond();
        for (long next = Math.max(second + 1, current - SECONDS); next <= current; next++) {
            answeredIn[index(next)] = 0;
        }
        second = Math.max(second, current);
    }

    private static int index(long second) {
        return (int) Math.floorMod(second, (long) SECONDS + 1);
    }
}

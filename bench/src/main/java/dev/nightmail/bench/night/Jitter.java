package dev.nightmail.bench.night;

import java.time.Duration;
import java.util.Random;

/** How far real time is from what was planned. */
interface Jitter {

    /** What a wake-up comes later than it was asked for. */
    Duration ofWakeUp();

    /** What a call or an answer takes longer on its way than the fastest. */
    Duration ofNetwork();

    static Jitter none() {
        return new Jitter() {
            @Override
            public Duration ofWakeUp() {
                return Duration.ZERO;
            }

            @Override
            public Duration ofNetwork() {
                return Duration.ZERO;
            }
        };
    }

    /**
     * Wake-ups of a fifth of a millisecond on average, one of five thousand up to a fifth of a
     * second late; and ways of up to so long more.
     */
    static Jitter ofAMachineInUse(long seed, Duration networkMax) {
        var random = new Random(seed);
        return new Jitter() {
            @Override
            public Duration ofWakeUp() {
                double millis = 0.2 * -Math.log(1 - random.nextDouble());
                double stall = random.nextInt(5_000) == 0 ? 200 * random.nextDouble() : 0;
                return nanos(millis + stall);
            }

            @Override
            public Duration ofNetwork() {
                return nanos(networkMax.toNanos() / 1e6 * random.nextDouble());
            }
        };
    }

    private static Duration nanos(double millis) {
        return Duration.ofNanos((long) (millis * 1e6));
    }
}

package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.ClientLimits;
import dev.nightmail.pipeline.client.Pause;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.streams.StandardStreams;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * What a run takes from the world around it.
 *
 * @param random source of idempotency keys and jitter: a {@code SecureRandom}, so that no two runs
 *     draw the same key
 */
public record RunEnvironment(
        InstantSource clock,
        Pause pause,
        RandomGenerator random,
        PriceList prices,
        RunLimits limits,
        ClientLimits clientLimits,
        StandardStreams streams) {

    /** Without standard streams. */
    public RunEnvironment(
            InstantSource clock,
            Pause pause,
            RandomGenerator random,
            PriceList prices,
            RunLimits limits,
            ClientLimits clientLimits) {
        this(clock, pause, random, prices, limits, clientLimits, StandardStreams.none());
    }

    /** The same, with these streams. */
    public RunEnvironment withStreams(StandardStreams others) {
        return new RunEnvironment(clock, pause, random, prices, limits, clientLimits, others);
    }

    /** The same, with other prices. */
    public RunEnvironment withPrices(PriceList others) {
        return new RunEnvironment(clock, pause, random, others, limits, clientLimits, streams);
    }

    /** With the shipped prices and limits. */
    public static RunEnvironment of(InstantSource clock, Pause pause, RandomGenerator random) {
        return new RunEnvironment(
                clock, pause, random, PriceList.shipped(), RunLimits.DEFAULT, ClientLimits.DEFAULT);
    }
}

package dev.nightmail.upstream.simulator.service;

import java.util.SplittableRandom;

/** Chance that is a function of a seed, a request and what it is for: of nothing before. */
final class Chance {

    static final long LATENCY = 1;
    static final long LENGTH = 2;
    static final long BROWN_OUT = 3;

    private static final long ODD = 0x9e37_79b9_7f4a_7c15L;

    private final SplittableRandom random;

    private Chance(long seed) {
        this.random = new SplittableRandom(seed);
    }

    static Chance of(long seed, long identity, long purpose) {
        return new Chance(seed ^ Long.rotateLeft(identity * ODD, 31) ^ purpose * ODD);
    }

    /** The same anew for each try of a request. */
    static Chance of(long seed, long identity, long purpose, long atMicros) {
        return of(seed ^ Long.rotateLeft(atMicros * ODD, 17), identity, purpose);
    }

    boolean strikes(double share) {
        return random.nextDouble() < share;
    }

    /** A lognormal factor with a median of 1. */
    double factor(double sigma) {
        return sigma == 0 ? 1 : StrictMath.exp(sigma * random.nextGaussian());
    }
}

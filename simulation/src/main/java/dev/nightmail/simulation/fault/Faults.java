package dev.nightmail.simulation.fault;

import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Says whether something goes wrong now. */
public final class Faults {

    private static final int SCALE = 10_000;

    private final RandomGenerator random;
    private final Map<Fault, Integer> rates;
    private boolean healed;
    private boolean diskFull;

    /**
     * @param per10000 how often each happens, of so many chances it has
     */
    public Faults(RandomGenerator random, Map<Fault, Integer> per10000) {
        this.random = random;
        this.rates = new EnumMap<>(Fault.class);
        rates.putAll(per10000);
    }

    public boolean happens(Fault fault) {
        int rate = rates.getOrDefault(fault, 0);
        return rate > 0 && !healed && random.nextInt(SCALE) < rate;
    }

    /** Whether this request is one of those that it happens to each time. */
    public boolean afflicts(Fault fault, String request) {
        int rate = rates.getOrDefault(fault, 0);
        return !healed && Math.floorMod((fault.name() + request).hashCode(), SCALE) < rate;
    }

    /** No room for anything that takes some, until it is said otherwise. */
    public void diskFull(boolean full) {
        diskFull = full;
    }

    public boolean isDiskFull() {
        return diskFull && !healed;
    }

    /** From now on all goes well. */
    public void heal() {
        healed = true;
    }

    public boolean isHealed() {
        return healed;
    }
}

package dev.nightmail.upstream.simulator;

/**
 * @param name as it is called in configuration, logs and metrics
 * @param seed same seed, same request: same answer
 * @param cachePrefixesMax how many prompt prefixes the simulated cache remembers
 */
public record SimulatorConfig(
        String name, long seed, Latency latency, FaultScript faults, int cachePrefixesMax) {

    public static final SimulatorConfig DEFAULT =
            new SimulatorConfig("simulator", 0, Latency.NONE, FaultScript.NONE, 10_000);

    public SimulatorConfig {
        if (cachePrefixesMax < 1) {
            throw new IllegalArgumentException(
                    "cache-prefixes-max must be at least 1, but is " + cachePrefixesMax);
        }
    }

    public SimulatorConfig withLatency(Latency other) {
        return new SimulatorConfig(name, seed, other, faults, cachePrefixesMax);
    }

    public SimulatorConfig withFaults(FaultScript other) {
        return new SimulatorConfig(name, seed, latency, other, cachePrefixesMax);
    }

    public SimulatorConfig withSeed(long other) {
        return new SimulatorConfig(name, other, latency, faults, cachePrefixesMax);
    }
}

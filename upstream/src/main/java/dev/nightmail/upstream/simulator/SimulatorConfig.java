package dev.nightmail.upstream.simulator;

import dev.nightmail.upstream.simulator.service.Latency;
import dev.nightmail.upstream.simulator.service.OutputLengths;
import dev.nightmail.upstream.simulator.service.ServiceConfig;
import org.jspecify.annotations.Nullable;

/**
 * @param name as it is called in configuration, logs and metrics
 * @param service its limits, its cache, how long it takes; its seed decides the answers too: same
 *     seed, same request, same answer
 * @param outputLengths of answers in words; null if they are as long as they happen to be, which is
 *     a few sentences
 * @param strict whether it refuses models and fields that nobody has published, as the real service
 *     does
 */
public record SimulatorConfig(
        String name,
        ServiceConfig service,
        FaultScript faults,
        @Nullable OutputLengths outputLengths,
        boolean strict) {

    /** Answers at once. */
    public static final SimulatorConfig DEFAULT =
            new SimulatorConfig("simulator", ServiceConfig.INSTANT, FaultScript.NONE, null, true);

    public long seed() {
        return service.seed();
    }

    public SimulatorConfig withService(ServiceConfig other) {
        return new SimulatorConfig(name, other, faults, outputLengths, strict);
    }

    public SimulatorConfig withLatency(Latency other) {
        return withService(service.withLatency(other));
    }

    public SimulatorConfig withSeed(long other) {
        return withService(service.withSeed(other));
    }

    public SimulatorConfig withFaults(FaultScript other) {
        return new SimulatorConfig(name, service, other, outputLengths, strict);
    }

    public SimulatorConfig withOutputLengths(OutputLengths other) {
        return new SimulatorConfig(name, service, faults, other, strict);
    }

    public SimulatorConfig withStrict(boolean other) {
        return new SimulatorConfig(name, service, faults, outputLengths, other);
    }
}

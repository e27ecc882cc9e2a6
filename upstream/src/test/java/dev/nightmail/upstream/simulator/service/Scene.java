package dev.nightmail.upstream.simulator.service;

import static java.util.Objects.requireNonNull;

import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.simulator.service.Admission.Accepted;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/** A service and those who call it, at times told in seconds after its start. */
final class Scene {

    static final Instant START = Instant.parse("2026-11-21T00:00:00Z");
    static final String MODEL = "claude-haiku-4-5";

    private final SimulatedService service;
    private long callers;

    Scene(ServiceConfig config) {
        service = new SimulatedService(config, START);
    }

    static Instant at(double seconds) {
        return START.plusNanos(Math.round(seconds * 1e9));
    }

    static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /** Of a request that nobody sent before. */
    Admission ask(double atSeconds, Prompt prompt, long outputTokens) {
        return ask(atSeconds, prompt, outputTokens, outputTokens);
    }

    Admission ask(double atSeconds, Prompt prompt, long outputTokens, long outputTokensMax) {
        callers++;
        return service.arrive(
                new Arrival(
                        callers, WorkspaceId.DEFAULT, MODEL, prompt, outputTokens, outputTokensMax),
                at(atSeconds));
    }

    Admission ask(double atSeconds) {
        return ask(atSeconds, Prompt.uncached(10), 0);
    }

    Accepted accepted(double atSeconds, Prompt prompt, long outputTokens) {
        return (Accepted) ask(atSeconds, prompt, outputTokens);
    }

    Usage usage(double atSeconds, Prompt prompt) {
        return accepted(atSeconds, prompt, 0).usage();
    }

    Admission arrive(Arrival arrival, double atSeconds) {
        return service.arrive(arrival, at(atSeconds));
    }

    /** A prompt of blocks, and so many tokens after the last of them. */
    static Prompt prompt(long tail, Prompt.Block... blocks) {
        long before = blocks.length == 0 ? 0 : blocks[blocks.length - 1].prefixTokens();
        return new Prompt(Arrays.asList(blocks), before + tail);
    }

    static Allowance allowance(Admission admission, Limit limit) {
        return requireNonNull(admission.headroom().allowances().get(limit));
    }
}

package dev.nightmail.app.config;

import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.yaml.YamlValue;
import dev.nightmail.upstream.simulator.FaultScript;
import dev.nightmail.upstream.simulator.SimulatorConfig;
import dev.nightmail.upstream.simulator.service.BrownOut;
import dev.nightmail.upstream.simulator.service.CacheRules;
import dev.nightmail.upstream.simulator.service.Capacity;
import dev.nightmail.upstream.simulator.service.Latency;
import dev.nightmail.upstream.simulator.service.Limits;
import dev.nightmail.upstream.simulator.service.Limits.OutputCount;
import dev.nightmail.upstream.simulator.service.Limits.Told;
import dev.nightmail.upstream.simulator.service.OutputLengths;
import dev.nightmail.upstream.simulator.service.PerMinute;
import dev.nightmail.upstream.simulator.service.RuleText;
import dev.nightmail.upstream.simulator.service.ServiceConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a simulator is like: below {@code upstreams.NAME.} for one that is an upstream,
 * without anything before them for one that runs alone. {@code docs/simulator.md} says the same for
 * people.
 */
final class SimulatorReader {

    private static final int MANY = 1_000_000;

    private final Settings settings;
    private final String prefix;

    /**
     * @param prefix of all keys
     */
    SimulatorReader(Settings settings, String prefix) {
        this.settings = settings;
        this.prefix = prefix;
    }

    SimulatorConfig read(String name) {
        return new SimulatorConfig(
                name,
                new ServiceConfig(
                        number("seed", Integer.MIN_VALUE, Integer.MAX_VALUE, 0),
                        limits(),
                        cache(),
                        latency(),
                        capacity(),
                        checked("brown-outs", BrownOut::parse, List.of())),
                checked("faults", FaultScript::parse, FaultScript.NONE),
                outputLengths(),
                choice("strict", Map.of("true", true, "false", false), true));
    }

    private Limits limits() {
        return new Limits(
                perMinute("requests-per-minute"),
                perMinute("input-tokens-per-minute"),
                perMinute("output-tokens-per-minute"),
                choice(
                        "output-tokens-counted",
                        Map.of(
                                "as-generated", OutputCount.AS_GENERATED,
                                "reserved", OutputCount.RESERVED),
                        OutputCount.AS_GENERATED),
                duration("limit-burst", Duration.ofMillis(1), Limits.BURST_MAX, Limits.BURST_MAX),
                choice(
                        "rate-limit-headers",
                        Map.of(
                                "all", Told.EVERYTHING,
                                "retry-after", Told.RETRY_AFTER,
                                "none", Told.NOTHING),
                        Told.EVERYTHING));
    }

    private @Nullable PerMinute perMinute(String key) {
        return settings.checked(prefix + key, PerMinute::parse).orElse(null);
    }

    private CacheRules cache() {
        var usual = CacheRules.USUAL;
        return new CacheRules(
                usual.tokensMin(),
                usual.tokensMinOthers(),
                usual.lookBackBlocks(),
                number("cache-prefixes-max", 1, MANY, usual.prefixesMax()));
    }

    private Latency latency() {
        return new Latency(
                duration("first-token", Duration.ZERO, Duration.ofHours(1), Duration.ZERO),
                number("prefill-tokens-per-second", 0, 100 * MANY, 0),
                duration("per-output-token", Duration.ZERO, Duration.ofMinutes(1), Duration.ZERO),
                decimal("jitter", 0, 2, 0));
    }

    private Capacity capacity() {
        int waitingMax = number("queue-max", 0, MANY, Capacity.queueing(1).waitingMax());
        boolean queues = choice("when-full", Map.of("queue", true, "overloaded", false), true);
        return new Capacity(
                number("capacity", 1, MANY, Capacity.UNLIMITED.places()),
                queues ? waitingMax : 0,
                number("decode-tokens-per-second", 0, 100 * MANY, 0));
    }

    private @Nullable OutputLengths outputLengths() {
        int median = number("output-tokens", 0, MANY, 0);
        double spread = decimal("output-tokens-spread", 0, 3, 0);
        return median == 0 ? null : new OutputLengths(median, spread);
    }

    private int number(String key, int min, int max, int fallback) {
        return settings.number(prefix + key, min, max, fallback);
    }

    private Duration duration(String key, Duration min, Duration max, Duration fallback) {
        return settings.duration(prefix + key, min, max, fallback);
    }

    private double decimal(String key, int min, int max, double fallback) {
        return checked(key, text -> decimal(text, min, max), fallback);
    }

    private static double decimal(String text, int min, int max) {
        double value = RuleText.number("\"" + text + "\"", text);
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "must be a number from %d to %d, not %s"
                            .formatted(min, max, YamlValue.shown(text)));
        }
        return value;
    }

    private <T> T choice(String key, Map<String, T> choices, T fallback) {
        return settings.read(prefix + key, Kinds.choice(new TreeMap<>(choices)), fallback);
    }

    private <T> T checked(String key, Function<String, T> parse, T fallback) {
        return settings.checked(prefix + key, parse).orElse(fallback);
    }
}

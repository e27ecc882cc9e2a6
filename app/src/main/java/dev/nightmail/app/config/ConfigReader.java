package dev.nightmail.app.config;

import dev.nightmail.app.config.NightmailConfig.Capacity;
import dev.nightmail.app.config.NightmailConfig.Limits;
import dev.nightmail.app.config.NightmailConfig.Retries;
import dev.nightmail.config.section.Units;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.schedule.Weights;
import dev.nightmail.engine.EngineConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads a configuration. All defaults stand here and in {@link UpstreamReader}; {@code
 * docs/configuration.md} says the same for people.
 */
public final class ConfigReader {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration WINDOW = Duration.ofHours(24);
    private static final Duration WINDOW_MAX = Duration.ofDays(366);
    private static final Duration RETENTION = Duration.ofDays(29);
    private static final Duration RETENTION_MAX = Duration.ofDays(3660);
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;
    private static final int CONNECTIONS_MAX = 1_000_000;

    private final Settings settings;

    private ConfigReader(Settings settings) {
        this.settings = settings;
    }

    /**
     * @param environment the process's variables, by name
     * @throws ConfigException naming everything that is wrong, a line each
     */
    public static NightmailConfig read(
            ConfigSource source, Function<String, Optional<String>> environment) {
        var variables = new Variables(environment);
        var settings = new Settings(source, variables);
        var config = new ConfigReader(settings).read(new UpstreamReader(settings, variables));
        settings.finish();
        return config;
    }

    /**
     * Only where the data lies, for those who need no more: whatever else is wrong does not matter
     * to them.
     *
     * @throws ConfigException if that cannot be read
     */
    public static Path dataFolder(
            ConfigSource source, Function<String, Optional<String>> environment) {
        var settings = new Settings(source, new Variables(environment));
        var folder = new ConfigReader(settings).data();
        settings.failIfWrong();
        return folder;
    }

    private NightmailConfig read(UpstreamReader reader) {
        var served = reader.read();
        return new NightmailConfig(
                new ListenReader(settings).read(),
                data(),
                limits(),
                capacity(),
                retries(),
                served.upstreams(),
                served.routes(),
                weights());
    }

    private Weights weights() {
        var weights = new HashMap<WorkspaceId, Integer>();
        for (var name : settings.namesBelow("weights")) {
            var key = "weights." + name;
            int weight = settings.number(key, 1, Weights.MAX, 1);
            try {
                weights.put(new WorkspaceId(name), weight);
            } catch (IllegalArgumentException e) {
                settings.problem(key, String.valueOf(e.getMessage()));
            }
        }
        return new Weights(weights);
    }

    private Path data() {
        return settings.checked("data", ConfigReader::path).orElse(Path.of("nightmail-data"));
    }

    private static Path path(String text) {
        try {
            if (text.isBlank()) {
                throw new IllegalArgumentException("is empty; expected a folder");
            }
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("is no path of a folder", e);
        }
    }

    private Limits limits() {
        var retention = settings.duration("limits.retention", MOMENT, RETENTION_MAX, RETENTION);
        return new Limits(
                settings.number("limits.batch-requests", 1, 10_000_000, 100_000),
                settings.bytes("limits.batch-bytes", 1, 64 * GIB, 256L << 20),
                window(retention),
                retention,
                settings.duration(
                        "limits.call-timeout",
                        MOMENT,
                        Duration.ofHours(24),
                        Duration.ofMinutes(10)),
                settings.duration(
                        "limits.stop-timeout",
                        Duration.ZERO,
                        Duration.ofHours(1),
                        Duration.ofSeconds(30)),
                settings.duration(
                        "limits.interactive-retry",
                        Duration.ZERO,
                        Duration.ofMinutes(1),
                        EngineConfig.INTERACTIVE_RETRY));
    }

    private Capacity capacity() {
        int connections = settings.number("limits.connections", 1, CONNECTIONS_MAX, 10_000);
        return new Capacity(
                settings.bytes("limits.body-memory", MIB, TIB, memoryBytes()),
                settings.bytes("limits.answer-memory", MIB, TIB, memoryBytes()),
                settings.duration(
                        "limits.memory-wait",
                        MOMENT,
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(10)),
                connections,
                settings.number(
                        "limits.connections-per-address",
                        1,
                        CONNECTIONS_MAX,
                        Math.max(1, connections / 2)));
    }

    /**
     * A quarter of the heap, less the one body that may exceed it: two such budgets at their worst
     * leave half of the heap to everything else.
     */
    private static long memoryBytes() {
        return Math.max(Runtime.getRuntime().maxMemory() / 4 - 40 * MIB, 16 * MIB);
    }

    /**
     * Results that may be deleted before their batch has to end would be paid for and never seen.
     * Both count from the creation, so the window fits in the retention; one that nobody chose is
     * made to fit.
     */
    private Duration window(Duration retention) {
        var fitting = retention.compareTo(WINDOW) < 0 ? retention : WINDOW;
        var window = settings.duration("limits.window", MOMENT, WINDOW_MAX, fitting);
        if (window.compareTo(retention) <= 0) {
            return window;
        }
        settings.problem(
                "limits.retention",
                "is %s, shorter than limits.window (%s): results would be deleted before their batch has to end"
                        .formatted(Units.text(retention), Units.text(window)));
        return fitting;
    }

    private Retries retries() {
        var delayMin =
                settings.duration(
                        "retries.delay-min", MOMENT, Duration.ofHours(1), Duration.ofMillis(500));
        var delayMax =
                settings.duration(
                        "retries.delay-max", MOMENT, Duration.ofHours(1), Duration.ofSeconds(30));
        if (delayMax.compareTo(delayMin) < 0) {
            settings.problem(
                    "retries.delay-max",
                    "is %s, shorter than retries.delay-min (%s)"
                            .formatted(Units.text(delayMax), Units.text(delayMin)));
            delayMax = delayMin;
        }
        return new Retries(settings.number("retries.attempts-max", 1, 100, 5), delayMin, delayMax);
    }
}

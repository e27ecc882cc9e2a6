package dev.nightmail.app.config;

import dev.nightmail.app.config.NightmailConfig.RelayConfig;
import dev.nightmail.config.section.Units;
import java.time.Duration;
import java.util.Optional;

/** Reads how an upstream is used: by calls, or by batches of its own. */
final class RelayReader {

    private static final Duration MOMENT = Duration.ofMillis(1);

    /** As its tiers have it (wire contract, section 9). */
    private static final int REQUESTS_MAX = 100_000;

    private static final int QUEUED_MAX = 200_000;

    /** Below 256 MB, whether those have 1000 or 1024 KB. */
    private static final long BYTES_MAX = 240L << 20;

    private static final long GIB = 1L << 30;

    private final Settings settings;

    RelayReader(Settings settings) {
        this.settings = settings;
    }

    /**
     * @param prefix of the upstream's keys, with a dot at its end
     * @return empty if every request is a call
     */
    Optional<RelayConfig> relays(String prefix) {
        var mode = settings.text(prefix + "mode", "calls");
        return switch (mode) {
            case "calls" -> Optional.empty();
            case "batches" -> Optional.of(read(prefix));
            default -> {
                settings.problem(
                        prefix + "mode",
                        "is \"%s\"; it is calls, one for each request, or batches, at the upstream's own Batches API"
                                .formatted(mode));
                yield Optional.of(read(prefix));
            }
        };
    }

    private RelayConfig read(String prefix) {
        var pollMin = settings.duration(prefix + "poll-min", MOMENT, hours(1), seconds(1));
        var pollMax = settings.duration(prefix + "poll-max", MOMENT, hours(1), seconds(60));
        if (pollMax.compareTo(pollMin) < 0) {
            settings.problem(
                    prefix + "poll-max",
                    "is %s, shorter than %spoll-min (%s)"
                            .formatted(Units.text(pollMax), prefix, Units.text(pollMin)));
            pollMax = pollMin;
        }
        return new RelayConfig(
                settings.number(prefix + "relay-requests", 1, REQUESTS_MAX, REQUESTS_MAX),
                settings.bytes(prefix + "relay-bytes", 1, GIB, BYTES_MAX),
                settings.number(prefix + "relays-max", 1, 1_000, 16),
                settings.number(prefix + "queued-requests-max", 1, 10_000_000, QUEUED_MAX),
                settings.duration(prefix + "linger", Duration.ZERO, hours(1), seconds(5)),
                pollMin,
                pollMax,
                settings.duration(prefix + "settling", MOMENT, hours(24), seconds(120)),
                settings.flag(prefix + "delete-collected", false));
    }

    private static Duration hours(int hours) {
        return Duration.ofHours(hours);
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}

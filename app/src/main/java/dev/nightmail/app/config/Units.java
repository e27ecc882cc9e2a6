package dev.nightmail.app.config;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Values with units: {@code 90s}, {@code 256MB}. */
final class Units {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final Pattern BYTES =
            Pattern.compile("(\\d{1,9})\\s*(b|kb|mb|gb)?", Pattern.CASE_INSENSITIVE);

    /** Binary, as the published limit of 256 MB is to be read generously. */
    private static final Map<String, Long> BYTE_UNITS =
            Map.of("b", 1L, "kb", 1L << 10, "mb", 1L << 20, "gb", 1L << 30);

    private Units() {}

    static Duration duration(String text) {
        var match = DURATION.matcher(text.strip());
        if (!match.matches()) {
            throw new IllegalArgumentException(
                    "expected a duration such as 500ms, 90s, 10m, 24h or 29d");
        }
        long amount = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    static long bytes(String text) {
        var match = BYTES.matcher(text.strip());
        if (!match.matches()) {
            throw new IllegalArgumentException("expected a size such as 64KB, 256MB or 1GB");
        }
        var unit = match.group(2) == null ? "b" : match.group(2).toLowerCase(Locale.ROOT);
        return Math.multiplyExact(
                Long.parseLong(match.group(1)), BYTE_UNITS.getOrDefault(unit, 1L));
    }
}

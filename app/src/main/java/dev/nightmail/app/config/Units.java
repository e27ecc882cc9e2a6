package dev.nightmail.app.config;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Values with units: {@code 90s}, {@code 256MB}. */
final class Units {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final Pattern BYTES =
            Pattern.compile("(\\d{1,9})\\s*(b|kb|mb|gb)?", Pattern.CASE_INSENSITIVE);

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

    /** In the largest unit that has no remainder. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        if (seconds % 3600 != 0) {
            return seconds / 60 + "m";
        }
        return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds / 3600 + "h";
    }

    /** Units are binary, as the published limit of 256 MB is to be read generously. */
    static long bytes(String text) {
        var match = BYTES.matcher(text.strip());
        if (!match.matches()) {
            throw new IllegalArgumentException("expected a size such as 64KB, 256MB or 1GB");
        }
        var unit = match.group(2) == null ? "b" : match.group(2).toLowerCase(Locale.ROOT);
        int power =
                switch (unit) {
                    case "kb" -> 10;
                    case "mb" -> 20;
                    case "gb" -> 30;
                    default -> 0;
                };
        return Long.parseLong(match.group(1)) << power;
    }

    /** In the largest unit that has no remainder. */
    static String bytesText(long bytes) {
        var units = new String[] {"B", "KB", "MB", "GB"};
        int unit = 0;
        long amount = bytes;
        while (unit < units.length - 1 && amount > 0 && amount % 1024 == 0) {
            amount /= 1024;
            unit++;
        }
        return amount + units[unit];
    }
}

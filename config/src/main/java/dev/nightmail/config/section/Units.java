package dev.nightmail.config.section;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Values with units: {@code 90s}, {@code 256MB}. */
public final class Units {

    static final String DURATION_PATTERN = "^\\s*[0-9]{1,9}\\s*(ms|s|m|h|d)\\s*$";
    static final String SIZE_PATTERN = "^\\s*[0-9]{1,9}\\s*([kKmMgG]?[bB])?\\s*$";

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})\\s*(ms|s|m|h|d)");
    private static final Pattern BYTES =
            Pattern.compile("([0-9]{1,9})\\s*(b|kb|mb|gb)?", Pattern.CASE_INSENSITIVE);

    private Units() {}

    /** Empty if it is none. */
    public static Optional<Duration> duration(String text) {
        var match = DURATION.matcher(text.strip());
        if (!match.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(match.group(1));
        return Optional.of(
                switch (match.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    default -> Duration.ofDays(amount);
                });
    }

    /** In the largest unit that has no remainder. */
    public static String text(Duration duration) {
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

    /**
     * Empty if it is none. Units are binary, as the published limit of 256 MB is to be read
     * generously.
     */
    public static Optional<Long> bytes(String text) {
        var match = BYTES.matcher(text.strip());
        if (!match.matches()) {
            return Optional.empty();
        }
        var unit = match.group(2) == null ? "b" : match.group(2).toLowerCase(Locale.ROOT);
        int power =
                switch (unit) {
                    case "kb" -> 10;
                    case "mb" -> 20;
                    case "gb" -> 30;
                    default -> 0;
                };
        return Optional.of(Long.parseLong(match.group(1)) << power);
    }

    /** In the largest unit that has no remainder. */
    public static String bytesText(long bytes) {
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

package dev.nightmail.cli.text;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Amounts as people read them; the same in every locale, since scripts read them too. */
public final class Figures {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final long MICROS_PER_USD = 1_000_000;

    private Figures() {}

    /** {@code 12,345}. */
    public static String count(long amount) {
        return String.format(Locale.ROOT, "%,d", amount);
    }

    /** {@code 1 request}, {@code 12,345 requests}. */
    public static String counted(long amount, String one) {
        return count(amount) + " " + (amount == 1 ? one : plural(one));
    }

    private static String plural(String one) {
        return one.endsWith("h") ? one + "es" : one + "s";
    }

    /**
     * Dollars with as many digits as say something: {@code $1,234.56}, {@code $0.042}, {@code
     * $0.0007}.
     */
    public static String money(long micros) {
        var cents = Math.abs(micros) >= MICROS_PER_USD || micros == 0;
        if (!cents && Math.abs(micros) < 50) {
            return "under $0.0001";
        }
        var decimals = cents ? 2 : Math.abs(micros) >= MICROS_PER_USD / 100 ? 3 : 4;
        return String.format(
                Locale.ROOT, "$%,." + decimals + "f", (double) micros / MICROS_PER_USD);
    }

    /** {@code 0.8 s}, {@code 42 s}, {@code 3 min 12 s}, {@code 2 h 05 min}, {@code 3 d 4 h}. */
    public static String duration(Duration duration) {
        var seconds = Math.max(0, duration.toSeconds());
        if (seconds < 10) {
            return String.format(
                    Locale.ROOT, "%.1f s", Math.max(0, duration.toMillis() / 100) / 10.0);
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
        }
        if (seconds < 86_400) {
            return String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60);
        }
        return seconds / 86_400 + " d " + seconds / 3600 % 24 + " h";
    }

    /** {@code 1,234/s}, {@code 4.2/s}, {@code 12/min}. */
    public static String rate(double perSecond) {
        if (perSecond >= 10) {
            return count(Math.round(perSecond)) + "/s";
        }
        if (perSecond >= 1) {
            return String.format(Locale.ROOT, "%.1f/s", perSecond);
        }
        return String.format(
                Locale.ROOT, perSecond * 60 >= 10 ? "%.0f/min" : "%.1f/min", perSecond * 60);
    }

    /** {@code 812 bytes}, {@code 1.2 MB}; decimal units. */
    public static String bytes(long bytes) {
        if (bytes < 1_000) {
            return counted(bytes, "byte");
        }
        var units = new String[] {"kB", "MB", "GB", "TB"};
        var value = bytes / 1000.0;
        var unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    }

    /** {@code 2026-11-21 12:40:05 UTC}. */
    public static String time(Instant instant) {
        return TIME.format(instant);
    }
}

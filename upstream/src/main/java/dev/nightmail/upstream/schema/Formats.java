package dev.nightmail.upstream.schema;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * The string formats we can make up. One we do not know is an annotation, as the standard has it.
 */
final class Formats {

    private static final LocalDate FIRST_DAY = LocalDate.of(2020, 1, 1);
    private static final int DAYS = 6 * 365;

    private Formats() {}

    static Optional<String> sample(String format, RandomGenerator random) {
        return Optional.ofNullable(
                switch (format) {
                    case "date" -> date(random).toString();
                    case "date-time" ->
                            OffsetDateTime.of(date(random), time(random), ZoneOffset.UTC)
                                    .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
                    case "time" -> time(random) + "Z";
                    case "duration" -> "PT" + random.nextInt(1, 60) + "M";
                    case "email", "idn-email" ->
                            "person" + random.nextInt(1, 1000) + "@example.com";
                    case "hostname", "idn-hostname" ->
                            "host" + random.nextInt(1, 1000) + ".example.com";
                    case "uri", "uri-reference", "iri", "iri-reference" ->
                            "https://example.com/item/" + random.nextInt(1, 10_000);
                    case "uuid" -> uuid(random);
                    case "ipv4" -> "192.0.2." + random.nextInt(1, 255);
                    case "ipv6" -> "2001:db8::" + Integer.toHexString(random.nextInt(1, 0xffff));
                    case "json-pointer" -> "/item/" + random.nextInt(10);
                    case "regex" -> "^[a-z]+$";
                    default -> null;
                });
    }

    private static LocalDate date(RandomGenerator random) {
        return FIRST_DAY.plusDays(random.nextInt(DAYS));
    }

    private static LocalTime time(RandomGenerator random) {
        // Never a full minute: Java would leave out the seconds, which RFC 3339 wants.
        return LocalTime.of(random.nextInt(24), random.nextInt(60), random.nextInt(1, 60));
    }

    private static String uuid(RandomGenerator random) {
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    /** Whether a text made elsewhere (an enum's value, a pattern's sample) has the format. */
    static boolean accepts(String format, String text) {
        try {
            switch (format) {
                case "date" -> LocalDate.parse(text);
                case "date-time" -> OffsetDateTime.parse(text);
                case "uuid" -> {
                    return text.length() == 36 && UUID.fromString(text).toString().length() == 36;
                }
                case "email" -> {
                    return text.indexOf('@') > 0 && text.indexOf('@') < text.length() - 1;
                }
                default -> {}
            }
            return true;
        } catch (DateTimeException | IllegalArgumentException _) {
            return false;
        }
    }
}

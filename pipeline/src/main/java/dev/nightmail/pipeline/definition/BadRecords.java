package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Kind;
import dev.nightmail.config.section.ScalarKind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How many records of a source may be unusable before a run stops: a share of all of them, or a
 * number, whichever is more.
 *
 * @param percent of the records that were read, 0 to 100
 * @param count in any case
 */
public record BadRecords(BigDecimal percent, long count) {

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final Pattern SHARE = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?) ?%");
    private static final Pattern COUNT = Pattern.compile("[0-9]{1,12}");

    /**
     * A few bad records are in every large source, and a wrong column or encoding is in far more
     * than a hundredth of one: a number would stop fifty million records for a few, or let a small
     * source through that is all wrong. A small source needs the number, since a hundredth of fifty
     * records is none.
     */
    public static final BadRecords DEFAULT = new BadRecords(BigDecimal.ONE, 10);

    /** More than one in twenty that fails shows a prompt that does not work. */
    static final BadRecords OF_A_PILOT = new BadRecords(BigDecimal.valueOf(5), 0);

    /** A number is a text, too: {@code "100"} has always been one. */
    static final Kind<BadRecords> KIND =
            new ScalarKind<>(
                    "a number of records like 100, or a share of them like 1%",
                    node -> node.isString() || node.isNumber(),
                    BadRecords::parse,
                    schema -> {
                        schema.putArray("type").add("integer").add("string");
                        schema.put("minimum", 0).put("maximum", 999_999_999_999L);
                        schema.put(
                                "pattern",
                                "^\\s*([0-9]{1,12}|(100(\\.0{1,6})?|0?[0-9]{1,2}(\\.[0-9]{1,6})?) ?%)\\s*$");
                    });

    public BadRecords {
        if (percent.signum() < 0 || percent.compareTo(HUNDRED) > 0 || count < 0) {
            throw new IllegalArgumentException("a share is 0 to 100 percent, a count at least 0");
        }
    }

    /** A number such as {@code 100}, or a share such as {@code 1%}; empty if it is neither. */
    static Optional<BadRecords> parse(String text) {
        var share = SHARE.matcher(text.strip());
        if (share.matches()) {
            var percent = new BigDecimal(share.group(1));
            return percent.compareTo(HUNDRED) > 0
                    ? Optional.empty()
                    : Optional.of(new BadRecords(percent, 0));
        }
        return COUNT.matcher(text.strip()).matches()
                ? Optional.of(new BadRecords(BigDecimal.ZERO, Long.parseLong(text.strip())))
                : Optional.empty();
    }

    /** How many of so many records may be unusable; a share is rounded down. */
    public long allowedOf(long records) {
        var share =
                percent.multiply(BigDecimal.valueOf(records))
                        .divide(HUNDRED, 0, RoundingMode.DOWN)
                        .longValueExact();
        return Math.max(share, count);
    }

    /** How many may be unusable however long the source is; past it there is no need to read on. */
    public long allowedOfAny() {
        return percent.signum() == 0 ? count : Long.MAX_VALUE;
    }
}

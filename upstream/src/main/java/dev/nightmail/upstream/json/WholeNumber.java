package dev.nightmail.upstream.json;

import java.math.BigDecimal;
import java.util.OptionalLong;

/** Whole numbers, however JSON writes them: {@code 11}, {@code 11.0}, {@code 1.1e1}. */
public final class WholeNumber {

    /** What has no more fits a long. */
    private static final int DIGITS_MAX = 18;

    private static final int LENGTH_MAX = 64;

    private WholeNumber() {}

    /**
     * @param number as it stands in valid JSON
     * @return empty if it has a fraction, or more than 18 digits
     */
    public static OptionalLong of(String number) {
        if (number.length() > LENGTH_MAX) {
            return OptionalLong.empty();
        }
        BigDecimal value;
        try {
            value = new BigDecimal(number).stripTrailingZeros();
        } catch (NumberFormatException _) {
            // An exponent beyond all bounds.
            return OptionalLong.empty();
        }
        boolean whole = value.signum() == 0 || value.scale() <= 0;
        // As long: an exponent may be nearly as low as an integer can be.
        long digits = (long) value.precision() - value.scale();
        return whole && digits <= DIGITS_MAX
                ? OptionalLong.of(value.longValueExact())
                : OptionalLong.empty();
    }
}

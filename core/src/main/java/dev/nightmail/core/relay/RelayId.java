package dev.nightmail.core.relay;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Our own name of a relay: {@code relay_} and 16 base-58 digits, which hold the microsecond it was
 * put together followed by random bits. So names sort by age.
 */
public record RelayId(String value) implements Comparable<RelayId> {

    private static final String PREFIX = "relay_";
    private static final String DIGITS =
            "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final int LENGTH = 16;
    private static final int RANDOM_BITS = 36;
    private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());

    /** Safe as a file name; its tag fits into a {@link RelayedId}. */
    private static final Pattern SHAPE = Pattern.compile("relay_[0-9A-Za-z]{1,16}");

    public RelayId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "not a relay id: expected relay_ and up to 16 letters and digits");
        }
    }

    public static RelayId create(Instant at, RandomGenerator random) {
        long micros =
                Math.addExact(
                        Math.multiplyExact(at.getEpochSecond(), 1_000_000), at.getNano() / 1_000);
        var number =
                BigInteger.valueOf(micros)
                        .shiftLeft(RANDOM_BITS)
                        .or(BigInteger.valueOf(random.nextLong(1L << RANDOM_BITS)));
        var digits = new char[LENGTH];
        for (int i = LENGTH - 1; i >= 0; i--) {
            var split = number.divideAndRemainder(BASE);
            digits[i] = DIGITS.charAt(split[1].intValue());
            number = split[0];
        }
        return new RelayId(PREFIX + new String(digits));
    }

    public static Optional<RelayId> parse(String text) {
        return SHAPE.matcher(text).matches() ? Optional.of(new RelayId(text)) : Optional.empty();
    }

    /** What tells it from every other relay. */
    String tag() {
        return value.substring(PREFIX.length());
    }

    static Optional<RelayId> ofTag(String tag) {
        return parse(PREFIX + tag);
    }

    @Override
    public int compareTo(RelayId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

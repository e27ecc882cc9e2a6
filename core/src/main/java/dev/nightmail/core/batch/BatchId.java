package dev.nightmail.core.batch;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The public name of a batch: {@code msgbatch_01} and 22 base-58 digits, which hold the microsecond
 * of its creation followed by random bits. So names sort by age, and a cursor still means a place
 * in the list after its batch is deleted. Clients treat it as opaque.
 */
public record BatchId(String value) implements Comparable<BatchId> {

    private static final String PREFIX = "msgbatch_01";
    private static final String DIGITS =
            "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final int LENGTH = 22;
    private static final int RANDOM_BITS = 72;
    private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());

    /** Safe as a file name and as a path segment. */
    private static final Pattern SHAPE = Pattern.compile("msgbatch_[0-9A-Za-z]{1,64}");

    public BatchId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "not a batch id: expected msgbatch_ and up to 64 letters and digits");
        }
    }

    /** A new id. Two made in the same microsecond differ by 72 random bits. */
    public static BatchId create(Instant createdAt, RandomGenerator random) {
        var low = new byte[RANDOM_BITS / 8];
        random.nextBytes(low);
        var number =
                BigInteger.valueOf(micros(createdAt))
                        .shiftLeft(RANDOM_BITS)
                        .or(new BigInteger(1, low));
        var digits = new char[LENGTH];
        for (int i = LENGTH - 1; i >= 0; i--) {
            var split = number.divideAndRemainder(BASE);
            digits[i] = DIGITS.charAt(split[1].intValue());
            number = split[0];
        }
        return new BatchId(PREFIX + new String(digits));
    }

    /** Reads an id from the wire; empty if it cannot be one of anybody's batches. */
    public static Optional<BatchId> parse(String text) {
        return SHAPE.matcher(text).matches() ? Optional.of(new BatchId(text)) : Optional.empty();
    }

    /** When the batch was created, if the id is of our own making. */
    public Optional<Instant> createdAt() {
        if (value.length() != PREFIX.length() + LENGTH || !value.startsWith(PREFIX)) {
            return Optional.empty();
        }
        var number = BigInteger.ZERO;
        for (int i = PREFIX.length(); i < value.length(); i++) {
            int digit = DIGITS.indexOf(value.charAt(i));
            if (digit < 0) {
                return Optional.empty();
            }
            number = number.multiply(BASE).add(BigInteger.valueOf(digit));
        }
        var micros = number.shiftRight(RANDOM_BITS);
        if (micros.bitLength() > 56) {
            return Optional.empty();
        }
        return Optional.of(
                Instant.EPOCH
                        .plusNanos(micros.longValue() % 1_000_000 * 1_000)
                        .plusSeconds(micros.longValue() / 1_000_000));
    }

    private static long micros(Instant at) {
        return Math.addExact(
                Math.multiplyExact(at.getEpochSecond(), 1_000_000), at.getNano() / 1_000);
    }

    @Override
    public int compareTo(BatchId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

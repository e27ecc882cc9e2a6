package dev.nightmail.core.relay;

import java.util.BitSet;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

/** Some of a batch's requests, by number. Immutable; an eighth of a byte for each the batch has. */
public final class RequestNumbers {

    private final BitSet numbers;

    private RequestNumbers(BitSet numbers) {
        this.numbers = numbers;
    }

    public static RequestNumbers of(BitSet numbers) {
        return new RequestNumbers((BitSet) numbers.clone());
    }

    /** A copy the receiver may change. */
    public BitSet toBitSet() {
        return (BitSet) numbers.clone();
    }

    public int size() {
        return numbers.cardinality();
    }

    public boolean contains(int number) {
        return numbers.get(number);
    }

    /** Ascending. */
    public IntStream stream() {
        return numbers.stream();
    }

    /** Ascending. */
    public PrimitiveIterator.OfInt iterator() {
        return numbers.stream().iterator();
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static RequestNumbers parse(String ranges) {
        var numbers = new BitSet();
        if (ranges.isEmpty()) {
            return new RequestNumbers(numbers);
        }
        for (var range : ranges.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
            if (first < 0 || last < first) {
                throw new IllegalArgumentException("not a range of numbers: " + range);
            }
            numbers.set(first, last + 1);
        }
        return new RequestNumbers(numbers);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RequestNumbers that && numbers.equals(that.numbers);
    }

    @Override
    public int hashCode() {
        return numbers.hashCode();
    }

    /** In ranges: {@code 0-99,105}. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (int first = numbers.nextSetBit(0); first >= 0; ) {
            int end = numbers.nextClearBit(first);
            if (!text.isEmpty()) {
                text.append(',');
            }
            text.append(first);
            if (end - first > 1) {
                text.append('-').append(end - 1);
            }
            first = numbers.nextSetBit(end);
        }
        return text.toString();
    }
}

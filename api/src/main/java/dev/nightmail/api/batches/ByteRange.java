package dev.nightmail.api.batches;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which bytes a {@code Range} header asks for (RFC 9110, section 14). */
sealed interface ByteRange {

    /** All of them: no range, one we do not understand, or several, which we need not serve. */
    record Whole() implements ByteRange {}

    /** From {@code first} to {@code last}, both included. */
    record Part(long first, long last) implements ByteRange {}

    /** None that there are. */
    record Unsatisfiable() implements ByteRange {}

    Pattern SINGLE = Pattern.compile("(?i)bytes\\s*=\\s*(\\d{0,18})\\s*-\\s*(\\d{0,18})\\s*");

    static ByteRange parse(@Nullable String header, long length) {
        if (header == null) {
            return new Whole();
        }
        var single = SINGLE.matcher(header.strip());
        if (!single.matches()) {
            return new Whole();
        }
        var first = single.group(1);
        var last = single.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? new Whole() : suffix(Long.parseLong(last), length);
        }
        return range(
                Long.parseLong(first),
                last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last),
                length);
    }

    private static ByteRange suffix(long bytes, long length) {
        return bytes == 0 || length == 0
                ? new Unsatisfiable()
                : new Part(Math.max(0, length - bytes), length - 1);
    }

    private static ByteRange range(long first, long last, long length) {
        if (last < first) {
            return new Whole();
        }
        return first >= length ? new Unsatisfiable() : new Part(first, Math.min(last, length - 1));
    }
}

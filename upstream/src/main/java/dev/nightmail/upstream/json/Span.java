package dev.nightmail.upstream.json;

/**
 * Bytes of a larger array, shared: nobody writes to them.
 *
 * @param to exclusive
 */
@SuppressWarnings("ArrayRecordComponent") // shared, never compared
public record Span(byte[] bytes, int from, int to) {

    public int length() {
        return to - from;
    }

    /** Without so many bytes at either end. */
    Span inside(int ends) {
        return new Span(bytes, from + ends, to - ends);
    }

    /** Says how much, never what: these bytes are prompts and answers. */
    @Override
    public String toString() {
        return length() + " bytes";
    }
}

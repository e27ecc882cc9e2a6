package dev.nightmail.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * One JSON value as UTF-8 bytes on a single line. The core carries it and never looks inside.
 *
 * <p>Whoever makes one promises that it is valid JSON and holds neither LF nor CR (inside JSON
 * strings both are always escaped, so replacing them between tokens by spaces is enough). The bytes
 * are shared, not copied: nobody writes to them after they are wrapped.
 */
public final class JsonBytes {

    private final byte[] bytes;

    private JsonBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Wraps bytes that already are one line of valid JSON. The array is not copied. */
    public static JsonBytes of(byte[] singleLine) {
        return new JsonBytes(singleLine);
    }

    /** Wraps text that already is one line of valid JSON. */
    public static JsonBytes of(String singleLine) {
        return new JsonBytes(singleLine.getBytes(UTF_8));
    }

    /**
     * Wraps valid JSON that may span lines: line breaks, which can only stand between tokens,
     * become spaces, in place.
     */
    public static JsonBytes flatten(byte[] json) {
        LineBreaks.toSpaces(json, 0, json.length);
        return new JsonBytes(json);
    }

    /** The bytes themselves, shared: read only. */
    public byte[] array() {
        return bytes;
    }

    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonBytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Says how much, never what: these bytes are prompts and answers. */
    @Override
    public String toString() {
        return "JSON of " + bytes.length + " bytes";
    }
}

package dev.nightmail.upstream.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/**
 * Writes one line of JSON, in which parts of other JSON stand as they were written. Commas come by
 * themselves; that brackets match and names alternate with values is the caller's affair.
 */
public final class JsonWriter {

    private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);

    private final ByteArrayOutputStream out;

    /** Whether something stands before the next value or name that a comma has to part it from. */
    private boolean follows;

    /**
     * @param sizeBytes about how much will be written
     */
    public JsonWriter(int sizeBytes) {
        out = new ByteArrayOutputStream(sizeBytes);
    }

    public byte[] toByteArray() {
        return out.toByteArray();
    }

    /** Writes bytes around the JSON, such as the beginning of an event. */
    public JsonWriter plain(String text) {
        return plain(text.getBytes(UTF_8));
    }

    public JsonWriter plain(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    public JsonWriter beginObject() {
        return begin('{');
    }

    public JsonWriter endObject() {
        return end('}');
    }

    public JsonWriter beginArray() {
        return begin('[');
    }

    public JsonWriter endArray() {
        return end(']');
    }

    private JsonWriter begin(char bracket) {
        comma();
        out.write(bracket);
        follows = false;
        return this;
    }

    private JsonWriter end(char bracket) {
        out.write(bracket);
        follows = true;
        return this;
    }

    private void comma() {
        if (follows) {
            out.write(',');
        }
        follows = true;
    }

    /**
     * @param name of a member; one of ours, so without anything to escape
     */
    public JsonWriter name(String name) {
        comma();
        out.write('"');
        out.writeBytes(name.getBytes(UTF_8));
        out.write('"');
        out.write(':');
        follows = false;
        return this;
    }

    /** A value as it was written elsewhere, on one line. */
    public JsonWriter value(RawJson value) {
        return value(value.span());
    }

    private JsonWriter value(Span written) {
        comma();
        copy(written);
        return this;
    }

    /** A string. */
    public JsonWriter value(String text) {
        return beginText().text(text).endText();
    }

    public JsonWriter value(long number) {
        return literal(Long.toString(number));
    }

    public JsonWriter value(boolean bool) {
        return literal(Boolean.toString(bool));
    }

    public JsonWriter nothing() {
        return literal("null");
    }

    private JsonWriter literal(String ascii) {
        comma();
        out.writeBytes(ascii.getBytes(UTF_8));
        return this;
    }

    // A string out of several pieces.

    public JsonWriter beginText() {
        comma();
        out.write('"');
        return this;
    }

    /** A piece of the string that is begun, escaped where it has to be. */
    public JsonWriter text(String piece) {
        byte[] bytes = piece.getBytes(UTF_8);
        return escaped(new Span(bytes, 0, bytes.length));
    }

    /** All of another string as a piece of the one that is begun. */
    public JsonWriter text(RawJson.Text piece) {
        copy(piece.inside());
        return this;
    }

    /** The bytes of a value as a piece of the string that is begun: JSON inside of a string. */
    public JsonWriter quoted(RawJson value) {
        return escaped(value.span());
    }

    private JsonWriter escaped(Span span) {
        int written = span.from();
        for (int at = span.from(); at < span.to(); at++) {
            byte c = span.bytes()[at];
            if (c == '"' || c == '\\' || (c >= 0 && c < ' ')) {
                out.write(span.bytes(), written, at - written);
                escape(c);
                written = at + 1;
            }
        }
        out.write(span.bytes(), written, span.to() - written);
        return this;
    }

    private void escape(byte c) {
        out.write('\\');
        switch (c) {
            case '"', '\\' -> out.write(c);
            case '\n' -> out.write('n');
            case '\r' -> out.write('r');
            case '\t' -> out.write('t');
            default -> {
                out.write('u');
                out.write('0');
                out.write('0');
                out.write(HEX[c >> 4]);
                out.write(HEX[c & 0xf]);
            }
        }
    }

    public JsonWriter endText() {
        out.write('"');
        return this;
    }

    private void copy(Span span) {
        out.write(span.bytes(), span.from(), span.length());
    }
}

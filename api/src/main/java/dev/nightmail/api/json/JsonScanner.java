package dev.nightmail.api.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks through JSON in one pass, checks it to the letter (RFC 8259, and that it is UTF-8) and
 * decodes only what it is asked for. It exists because a batch is a quarter of a gigabyte of which
 * we read three fields a request and carry the rest as it came: a general parser decodes tokens we
 * do not want, says nothing of malformed UTF-8 in what it skips, and does not give the bytes back.
 *
 * <p>The caller walks: {@link #beginObject}, then {@link #nextName} until it is null, and for each
 * name exactly one of the methods that take a value. Arrays likewise with {@link #nextElement}. In
 * the end, {@link #end}.
 *
 * <p>Its limits on depth, numbers and names are those that Jackson has by default, so that what
 * passes here can be read everywhere behind. One thread.
 */
public final class JsonScanner {

    /** Objects and arrays inside one another. */
    public static final int DEPTH_MAX = 500;

    /** Characters of one number. */
    public static final int NUMBER_LENGTH_MAX = 1_000;

    /** Bytes of one member name. */
    public static final int NAME_LENGTH_MAX = 50_000;

    /** What kind of value comes next. */
    public enum Kind {
        OBJECT,
        ARRAY,
        STRING,
        NUMBER,
        TRUE,
        FALSE,
        NULL
    }

    private static final int WINDOW_BYTES = 256 * 1024;
    private static final int END_OF_INPUT = -1;

    private final JsonWindow window;
    private final RecentStrings recent = new RecentStrings();

    /** For each depth, from 1, whether the container there is an object. */
    private final boolean[] objects = new boolean[DEPTH_MAX + 1];

    private int depth;

    /** Whether the innermost container has had no member yet. */
    private boolean first;

    private long line = 1;
    private long lineStart;
    private int keptLength;
    private boolean stringHadEscapes;
    private byte[] watchedName = {};
    private boolean sawWatchedName;

    private JsonScanner(JsonWindow window) {
        this.window = window;
    }

    /**
     * Scans a stream.
     *
     * @param keptBytesMax how much {@link #beginSlice} can hold
     */
    public static JsonScanner of(InputStream source, int keptBytesMax) {
        return of(source, keptBytesMax, Room.UNCOUNTED);
    }

    /** The same within counted memory. */
    public static JsonScanner of(InputStream source, int keptBytesMax, Room room) {
        // One window more, so that a slice of the full size still ends within it.
        return new JsonScanner(
                new JsonWindow(
                        source, WINDOW_BYTES, Math.addExact(keptBytesMax, WINDOW_BYTES), room));
    }

    /** Scans an array. */
    public static JsonScanner of(byte[] bytes, int offset, int length) {
        return new JsonScanner(new JsonWindow(bytes, offset, length));
    }

    /** Bytes read so far. */
    public long offset() {
        return window.offset();
    }

    /** The kind of the value that comes next. */
    public Kind kind() {
        return switch (peekSignificant()) {
            case '{' -> Kind.OBJECT;
            case '[' -> Kind.ARRAY;
            case '"' -> Kind.STRING;
            case 't' -> Kind.TRUE;
            case 'f' -> Kind.FALSE;
            case 'n' -> Kind.NULL;
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> Kind.NUMBER;
            case END_OF_INPUT -> throw cutShort();
            default -> throw malformed("expected a value");
        };
    }

    /** Steps into an object. */
    public void beginObject() {
        take('{', "expected '{'");
        push(true);
    }

    /** Steps into an array. */
    public void beginArray() {
        take('[', "expected '['");
        push(false);
    }

    /** The next member's name; null at the end of the object, which is then left. */
    public @Nullable String nextName() {
        if (!nextMember('}')) {
            return null;
        }
        if (peekSignificant() != '"') {
            throw malformed("expected a name in quotes");
        }
        var name = string(NAME_LENGTH_MAX);
        if (name == null) {
            throw malformed("a name longer than " + NAME_LENGTH_MAX + " bytes");
        }
        takeColon();
        return name;
    }

    /** Whether another element follows; otherwise the array is left. */
    public boolean nextElement() {
        return nextMember(']');
    }

    private boolean nextMember(char close) {
        int next = peekSignificant();
        if (next == close) {
            window.position++;
            pop();
            return false;
        }
        if (!first) {
            if (next != ',') {
                throw next == END_OF_INPUT
                        ? cutShort()
                        : malformed("expected ',' or '" + close + "'");
            }
            window.position++;
        }
        first = false;
        return true;
    }

    /** Takes a string; null if it is longer than {@code bytesMax} bytes as it is written. */
    public @Nullable String string(int bytesMax) {
        take('"', "expected a string");
        boolean borrowed = !window.keeps();
        if (borrowed) {
            window.keep();
        }
        int start = window.position - window.keptFrom();
        skipStringBody();
        String text = null;
        if (window.keeps()) {
            int from = window.keptFrom() + start;
            int length = window.position - 1 - from;
            if (length <= bytesMax) {
                text = decode(from, length);
            }
        }
        if (borrowed) {
            window.letGo();
        }
        return text;
    }

    private String decode(int from, int length) {
        return stringHadEscapes
                ? Escapes.decode(new String(window.buffer, from, length, UTF_8))
                : recent.of(window.buffer, from, length);
    }

    /** Takes a number; NaN in the odd case that the slice around it was lost in its middle. */
    public double number() {
        peekSignificant();
        boolean borrowed = !window.keeps();
        if (borrowed) {
            window.keep();
        }
        int start = window.position - window.keptFrom();
        skipNumber();
        double value = Double.NaN;
        if (window.keeps()) {
            int from = window.keptFrom() + start;
            int length = window.position - from;
            value = Double.parseDouble(new String(window.buffer, from, length, ISO_8859_1));
        }
        if (borrowed) {
            window.letGo();
        }
        return value;
    }

    /** Marks the beginning of the value that comes next, to be had as bytes. */
    public void beginSlice() {
        peekSignificant();
        keptLength = 0;
        window.keep();
    }

    /** Marks its end: what follows does not belong to it. */
    public void endSlice() {
        keptLength = window.keeps() ? window.position - window.keptFrom() : 0;
    }

    /** How many bytes of the slice have been read; 0 if it was lost. */
    public int slicePosition() {
        return window.keeps() ? window.position - window.keptFrom() : 0;
    }

    /** Whether the slice is there; it is not if it was larger than can be kept. */
    public boolean hasSlice() {
        return window.keeps();
    }

    /** The array in which the slice lies now; to be asked for again after every other call. */
    public byte[] sliceArray() {
        return window.buffer;
    }

    public int sliceOffset() {
        return window.keptFrom();
    }

    public int sliceLength() {
        return keptLength;
    }

    /** Lets the slice go. */
    public void dropSlice() {
        window.letGo();
    }

    /** Takes a value of any kind, checking all of it. */
    public void skip() {
        int outside = depth;
        do {
            if (skipOrEnter()) {
                continue;
            }
            closeWhatEnds(outside);
        } while (depth > outside);
        first = false;
    }

    /**
     * @return whether a container was entered, so that a value is due again
     */
    private boolean skipOrEnter() {
        switch (kind()) {
            case OBJECT -> {
                beginObject();
                if (peekSignificant() == '}') {
                    window.position++;
                    pop();
                    return false;
                }
                skipName();
                return true;
            }
            case ARRAY -> {
                beginArray();
                if (peekSignificant() == ']') {
                    window.position++;
                    pop();
                    return false;
                }
                return true;
            }
            case STRING -> {
                window.position++;
                skipStringBody();
            }
            case NUMBER -> skipNumber();
            case TRUE -> literal("true");
            case FALSE -> literal("false");
            case NULL -> literal("null");
        }
        return false;
    }

    private void closeWhatEnds(int outside) {
        while (depth > outside) {
            boolean object = objects[depth];
            int next = peekSignificant();
            if (next == END_OF_INPUT) {
                throw cutShort();
            }
            if (next == ',') {
                window.position++;
                if (object) {
                    skipName();
                }
                return;
            }
            if (next != (object ? '}' : ']')) {
                throw malformed(object ? "expected ',' or '}'" : "expected ',' or ']'");
            }
            window.position++;
            pop();
        }
    }

    private void skipName() {
        take('"', "expected a name in quotes");
        long start = offset();
        skipStringBody();
        long length = offset() - 1 - start;
        if (length > NAME_LENGTH_MAX) {
            throw malformed("a name longer than " + NAME_LENGTH_MAX + " bytes");
        }
        if (length == watchedName.length) {
            sawWatchedName |= isWatched(window.position - 1 - watchedName.length);
        }
        takeColon();
    }

    private boolean isWatched(int from) {
        return from >= 0
                && Arrays.equals(
                        window.buffer,
                        from,
                        from + watchedName.length,
                        watchedName,
                        0,
                        watchedName.length);
    }

    /**
     * From here on it is noticed whether a member of this name is skipped, at whatever depth. A
     * name written with escapes is not noticed, nor for certain one outside of a slice.
     */
    public void watchFor(String name) {
        watchedName = name.getBytes(US_ASCII);
        sawWatchedName = false;
    }

    /** Whether it was, since {@link #watchFor}. */
    public boolean sawWatchedName() {
        return sawWatchedName;
    }

    /** Checks that nothing follows but white space. */
    public void end() {
        if (peekSignificant() != END_OF_INPUT) {
            throw malformed("nothing may follow the value, but something does,");
        }
    }

    private void push(boolean object) {
        if (depth == DEPTH_MAX) {
            throw malformed("nested deeper than " + DEPTH_MAX + " levels");
        }
        depth++;
        objects[depth] = object;
        first = true;
    }

    private void pop() {
        depth--;
        first = false;
    }

    private void takeColon() {
        take(':', "expected ':'");
    }

    private void take(char expected, String problem) {
        int next = peekSignificant();
        if (next != expected) {
            throw next == END_OF_INPUT ? cutShort() : malformed(problem);
        }
        window.position++;
    }

    private int peekSignificant() {
        while (true) {
            int next = peek();
            if (next > ' ' || next == END_OF_INPUT) {
                return next;
            }
            switch (next) {
                case '\n' -> {
                    window.position++;
                    line++;
                    lineStart = offset();
                }
                case ' ', '\t', '\r' -> window.position++;
                default -> throw malformed("expected a value or punctuation");
            }
        }
    }

    private int peek() {
        if (window.position == window.end && !window.refill()) {
            return END_OF_INPUT;
        }
        return window.buffer[window.position] & 0xFF;
    }

    private int next() {
        int next = peek();
        if (next == END_OF_INPUT) {
            throw cutShort();
        }
        window.position++;
        return next;
    }

    private void literal(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (peek() != word.charAt(i)) {
                throw peek() == END_OF_INPUT ? cutShort() : malformed("expected " + word);
            }
            window.position++;
        }
    }

    private void skipNumber() {
        long start = offset();
        if (peek() == '-') {
            window.position++;
        }
        if (peek() == '0') {
            window.position++;
        } else {
            digits();
        }
        if (peek() == '.') {
            window.position++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            window.position++;
            if (peek() == '+' || peek() == '-') {
                window.position++;
            }
            digits();
        }
        if (offset() - start > NUMBER_LENGTH_MAX) {
            throw malformed("a number of more than " + NUMBER_LENGTH_MAX + " characters");
        }
    }

    private void digits() {
        if (!isDigit(peek())) {
            throw peek() == END_OF_INPUT ? cutShort() : malformed("expected a digit");
        }
        while (isDigit(peek())) {
            window.position++;
        }
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** From behind the opening quote to behind the closing one. */
    private void skipStringBody() {
        stringHadEscapes = false;
        while (!skipWithinWindow()) {
            int next = next();
            if (next == '"') {
                return;
            }
            if (next == '\\') {
                stringHadEscapes = true;
                escape();
            } else if (next < ' ') {
                window.position--;
                throw malformed("a control character in a string, which must be escaped,");
            } else if (next >= 0x80) {
                utf8(next);
            }
        }
    }

    /**
     * The same in one go, up to a character that is malformed, rare or close to the end of the
     * window, at which the window then stands.
     *
     * @return whether the closing quote has been passed
     */
    private boolean skipWithinWindow() {
        var bytes = window.buffer;
        int at = window.position;
        int last = window.end - StringBytes.CHARACTER_BYTES_MAX - Long.BYTES;
        boolean closed = false;
        while (at <= last) {
            long special = StringBytes.special(bytes, at);
            if (special == 0) {
                at += Long.BYTES;
                continue;
            }
            at += StringBytes.first(special);
            if (bytes[at] == '"') {
                at++;
                closed = true;
                break;
            }
            int length = StringBytes.length(bytes, at);
            if (length == 0) {
                break;
            }
            stringHadEscapes |= bytes[at] == '\\';
            at += length;
        }
        window.position = at;
        return closed;
    }

    private void escape() {
        switch (next()) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {}
            case 'u' -> {
                for (int i = 0; i < 4; i++) {
                    if (Character.digit(next(), 16) < 0) {
                        window.position--;
                        throw malformed("expected four hexadecimal digits");
                    }
                }
            }
            default -> {
                window.position--;
                throw malformed("an escape that JSON does not know");
            }
        }
    }

    /** The rest of a character of several bytes: no overlong form, no surrogate, none too large. */
    private void utf8(int lead) {
        if (lead >= 0xC2 && lead <= 0xDF) {
            continuation(0x80, 0xBF);
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            continuation(lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
            continuation(0x80, 0xBF);
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            continuation(lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
            continuation(0x80, 0xBF);
            continuation(0x80, 0xBF);
        } else {
            window.position--;
            throw malformed("not UTF-8");
        }
    }

    private void continuation(int min, int max) {
        int next = next();
        if (next < min || next > max) {
            window.position--;
            throw malformed("not UTF-8");
        }
    }

    private MalformedJsonException cutShort() {
        return malformed("the JSON ends too early,");
    }

    private MalformedJsonException malformed(String problem) {
        return new MalformedJsonException(problem, line, offset() - lineStart + 1, offset());
    }
}

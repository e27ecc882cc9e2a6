package dev.nightmail.cli.text;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Text as a terminal may be given it. Ids, answers and the words of an endpoint are written by
 * others, and a control character in them would move the cursor, rename the window or hide what
 * follows: so each is shown as an escape, such as {@code \\u001b}, which is what it is in JSON,
 * too. Our own colours stay.
 */
public final class Shown {

    /** The colours of {@link Style}, and nothing else a sequence can do. */
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[(?:0|1|2|32|33)m");

    private static final int DELETE = 0x7f;
    private static final int UPPER_CONTROLS = 0x80;
    private static final int UPPER_CONTROLS_END = 0x9f;

    /** With it begin the upper controls in UTF-8, and the second byte is the control itself. */
    private static final int UPPER_LEAD = 0xc2;

    private Shown() {}

    /** A text of one line or more. */
    public static String line(String text) {
        if (text.codePoints().noneMatch(Shown::isControl)) {
            return text;
        }
        var shown = new StringBuilder();
        var colour = COLOUR.matcher(text);
        int at = 0;
        while (colour.find()) {
            escape(text.substring(at, colour.start()), shown);
            shown.append(colour.group());
            at = colour.end();
        }
        escape(text.substring(at), shown);
        return shown.toString();
    }

    private static void escape(String text, StringBuilder shown) {
        text.codePoints()
                .forEach(c -> {
                    if (isControl(c)) {
                        shown.append(escaped(c));
                    } else {
                        shown.appendCodePoint(c);
                    }
                });
    }

    private static String escaped(int c) {
        return "\\u%04x".formatted(c);
    }

    private static boolean isControl(int c) {
        return (c < ' ' && c != '\n' && c != '\t')
                || (c >= DELETE && c <= UPPER_CONTROLS_END)
                || isTurn(c);
    }

    /** What makes a terminal show a line in another order than it has. */
    private static boolean isTurn(int c) {
        return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    }

    /** A stream of UTF-8 that goes to a terminal, for what is copied and not put together here. */
    public static PrintStream stream(OutputStream terminal) {
        return new PrintStream(new Escaping(terminal), false, StandardCharsets.UTF_8);
    }

    /** Bytes are looked at one by one: a terminal is slower than that. */
    private static final class Escaping extends FilterOutputStream {

        private boolean afterLead;

        Escaping(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            int value = b & 0xff;
            if (afterLead) {
                afterLead = false;
                if (value >= UPPER_CONTROLS && value <= UPPER_CONTROLS_END) {
                    writeEscaped(value);
                    return;
                }
                out.write(UPPER_LEAD);
            }
            if (value == UPPER_LEAD) {
                afterLead = true;
            } else if (value == DELETE || (value < ' ' && value != '\n' && value != '\t')) {
                writeEscaped(value);
            } else {
                out.write(value);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int i = offset; i < offset + length; i++) {
                write(bytes[i]);
            }
        }

        private void writeEscaped(int value) throws IOException {
            out.write(escaped(value).getBytes(StandardCharsets.US_ASCII));
        }
    }
}

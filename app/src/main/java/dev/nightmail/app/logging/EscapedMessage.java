package dev.nightmail.app.logging;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/**
 * The message of a line in the log, on one line whatever stands in it: what an upstream calls its
 * batches, say. A control character that went out as it is would end the line, and what follows
 * would pass for another one; or it would move the cursor of whoever reads it in a terminal.
 */
public final class EscapedMessage extends ClassicConverter {

    @Override
    public String convert(ILoggingEvent event) {
        return escaped(event.getFormattedMessage());
    }

    static String escaped(String message) {
        if (message.codePoints().noneMatch(EscapedMessage::isEscaped)) {
            return message;
        }
        var escaped = new StringBuilder(message.length() + 16);
        message.codePoints()
                .forEach(character -> {
                    if (isEscaped(character)) {
                        escaped.append(String.format("\\u%04x", character));
                    } else {
                        escaped.appendCodePoint(character);
                    }
                });
        return escaped.toString();
    }

    /** Control characters, separators of lines, and marks that turn the order of what is shown. */
    private static boolean isEscaped(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.FORMAT ->
                    true;
            default -> false;
        };
    }
}

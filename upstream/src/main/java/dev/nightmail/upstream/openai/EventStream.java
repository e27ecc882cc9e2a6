package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * Tells by its first bytes whether a body is an event stream, since not every server says so, and
 * some say it of what is none.
 */
final class EventStream {

    private static final List<String> STARTS = List.of(":", "data:", "event:", "id:", "retry:");

    /** Enough for a byte order mark and some empty lines before the first field. */
    static final int LOOKED_AT_MAX = 256;

    private EventStream() {}

    /** What the first bytes say. */
    enum Look {
        EVENTS,
        /** JSON, or a page. */
        DOCUMENT,
        /** More is needed, or it is something else. */
        UNKNOWN
    }

    static boolean begins(byte[] body) {
        return look(body, body.length) == Look.EVENTS;
    }

    static Look look(byte[] body, int length) {
        var start = new String(body, 0, Math.min(length, LOOKED_AT_MAX), UTF_8);
        var text = (start.startsWith("\uFEFF") ? start.substring(1) : start).stripLeading();
        if (text.isEmpty()) {
            return Look.UNKNOWN;
        }
        if ("{[<\"".indexOf(text.charAt(0)) >= 0) {
            return Look.DOCUMENT;
        }
        return STARTS.stream().anyMatch(text::startsWith) ? Look.EVENTS : Look.UNKNOWN;
    }
}

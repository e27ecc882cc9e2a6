package dev.nightmail.journal.request;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.core.request.CustomId;
import java.util.Optional;

/**
 * A line of {@code requests.jsonl}: <code>{"custom_id":"…","params":…}</code> and a line feed,
 * where only the id and the params differ.
 */
final class RequestLine {

    static final byte[] BEFORE_ID = "{\"custom_id\":\"".getBytes(US_ASCII);
    static final byte[] BEFORE_PARAMS = "\",\"params\":".getBytes(US_ASCII);
    static final byte[] AFTER_PARAMS = "}".getBytes(US_ASCII);

    /** So much of a line tells whose it is. */
    static final int HEAD_BYTES_MAX = BEFORE_ID.length + CustomId.LENGTH_MAX + BEFORE_PARAMS.length;

    private RequestLine() {}

    /**
     * The custom_id of the line that starts at {@code start}, if it begins as such a line does.
     *
     * @param length of the line, or as much of it as there is
     */
    static Optional<CustomId> customId(byte[] array, int start, int length) {
        int from = start + BEFORE_ID.length;
        int to = from;
        int end = Math.min(start + length, from + CustomId.LENGTH_MAX + 1);
        while (to < end && array[to] != '"') {
            to++;
        }
        if (!startsWith(array, start, start + length, BEFORE_ID)
                || !startsWith(array, to, start + length, BEFORE_PARAMS)) {
            return Optional.empty();
        }
        var text = new String(array, from, to - from, US_ASCII);
        return CustomId.isValid(text) ? Optional.of(new CustomId(text)) : Optional.empty();
    }

    /** How many bytes stand before the params of this request. */
    static int paramsOffset(CustomId id) {
        return BEFORE_ID.length + id.value().length() + BEFORE_PARAMS.length;
    }

    private static boolean startsWith(byte[] array, int from, int to, byte[] expected) {
        if (to - from < expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (array[from + i] != expected[i]) {
                return false;
            }
        }
        return true;
    }
}

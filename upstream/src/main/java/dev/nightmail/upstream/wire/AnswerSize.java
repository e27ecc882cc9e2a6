package dev.nightmail.upstream.wire;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.usage.Charge;
import org.jspecify.annotations.Nullable;

/**
 * What clients can read of a batch's results (wire contract, section 1.6): one line that is longer
 * ends the Go SDK's reading of all lines after it, and one longer text that of the Java SDK. The
 * service's answer is given up then, though it was paid for, so that all others can be read.
 */
public final class AnswerSize {

    /** Of a line, its end included. */
    private static final int LINE_BYTES_MAX = 32 << 20;

    /** What stands around the Message in its line is less. */
    private static final int AROUND_BYTES = 512;

    /** Of one text, in UTF-16 units, as Java counts. */
    private static final int TEXT_LENGTH_MAX = 20_000_000;

    private static final String CODE = "answer_too_large";

    private AnswerSize() {}

    /** Whether every official client can read it. */
    static boolean isReadable(JsonBytes message) {
        int length = message.length();
        return length + AROUND_BYTES < LINE_BYTES_MAX
                && (length <= TEXT_LENGTH_MAX || longestText(message.array()) <= TEXT_LENGTH_MAX);
    }

    /** An answer that no client could read is given up, and paid for all the same. */
    public static AttemptOutcome outcome(
            String upstream,
            JsonBytes message,
            Charge charge,
            Headroom headroom,
            @Nullable String requestId) {
        return isReadable(message)
                ? new Answered(message, charge.usage(), charge.billing(), headroom)
                : new Refused(error(upstream, requestId), headroom, charge);
    }

    /** The error in place of an answer that is not. */
    public static JsonBytes error(String upstream, @Nullable String requestId) {
        return ErrorBody.of(
                ErrorType.INVALID_REQUEST_ERROR,
                "upstream %s gave an answer that is too large for clients to read: a line of results may have 32 MiB, and a text in it 20,000,000 characters. It was billed, and is not asked for again: lower max_tokens, or split the request"
                        .formatted(upstream),
                requestId,
                CODE);
    }

    /**
     * @param json valid
     */
    private static int longestText(byte[] json) {
        int longest = 0;
        int length = -1; // outside of a text
        for (int at = 0; at < json.length; at++) {
            byte c = json[at];
            if (length < 0) {
                length = c == '"' ? 0 : -1;
            } else if (c == '"') {
                longest = Math.max(longest, length);
                length = -1;
            } else if (c == '\\') {
                at += json[at + 1] == 'u' ? 5 : 1;
                length++;
            } else {
                length += units(c);
            }
        }
        return longest;
    }

    /** UTF-16 units of the character that begins with this byte of UTF-8; 0 within one. */
    private static int units(byte c) {
        if ((c & 0xc0) == 0x80) {
            return 0;
        }
        return (c & 0xf8) == 0xf0 ? 2 : 1;
    }
}

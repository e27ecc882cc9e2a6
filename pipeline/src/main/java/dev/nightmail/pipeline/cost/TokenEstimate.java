package dev.nightmail.pipeline.cost;

import java.nio.charset.StandardCharsets;

/**
 * How many tokens a text has, by its length. There is no offline tokenizer for current models, so
 * this is a rule of thumb and every figure from it is called an estimate: UTF-8 bytes stand in for
 * characters because scripts with longer characters also take more tokens for each. English prose
 * measures 3.5 to 4.5 bytes a token; code, markup and newer tokenizers come out lower.
 */
public final class TokenEstimate {

    private static final double BYTES_PER_TOKEN_LOW = 4.6;
    private static final double BYTES_PER_TOKEN_LIKELY = 3.6;
    private static final double BYTES_PER_TOKEN_HIGH = 2.6;

    private TokenEstimate() {}

    public static Range ofBytes(long utf8Bytes) {
        return new Range(
                (long) Math.ceil(utf8Bytes / BYTES_PER_TOKEN_LOW),
                (long) Math.ceil(utf8Bytes / BYTES_PER_TOKEN_LIKELY),
                (long) Math.ceil(utf8Bytes / BYTES_PER_TOKEN_HIGH));
    }

    /**
     * The longest beginning of a text that is likely to fit into so many tokens; no character is
     * cut in two.
     */
    public static String beginning(String text, int tokens) {
        var bytesMax = (long) (tokens * BYTES_PER_TOKEN_LIKELY);
        if (text.length() * 3L <= bytesMax
                || text.getBytes(StandardCharsets.UTF_8).length <= bytesMax) {
            return text;
        }
        long bytes = 0;
        int end = 0;
        while (end < text.length()) {
            var codePoint = text.codePointAt(end);
            bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            if (bytes > bytesMax) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return text.substring(0, end);
    }
}

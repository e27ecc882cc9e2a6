package dev.nightmail.pipeline.customid;

import dev.nightmail.pipeline.streams.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of one record's request on the wire: {@code ^[a-zA-Z0-9_-]{1,64}$}.
 *
 * <p>A record id of that form is its own custom id. Any other keeps what is readable of it,
 * followed by 96 bits of its SHA-256: {@code docs/été.txt} becomes {@code docs-t-txt-…}. The same
 * id gives the same custom id for ever, so a result can be joined whatever happened in between.
 */
public record CustomId(String value) {

    private static final Pattern ALLOWED = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final Pattern OTHERS = Pattern.compile("[^a-zA-Z0-9_]+");
    private static final int HASH_BYTES = 12;
    private static final int READABLE_MAX = 64 - 1 - 2 * HASH_BYTES;

    public CustomId {
        if (!ALLOWED.matcher(value).matches()) {
            throw new IllegalArgumentException("a custom_id has 1 to 64 of a-z, A-Z, 0-9, _ and -");
        }
    }

    public static CustomId ofRecord(String recordId) {
        return ALLOWED.matcher(recordId).matches() ? new CustomId(recordId) : derived(recordId);
    }

    private static CustomId derived(String recordId) {
        var readable = OTHERS.matcher(recordId).replaceAll("-");
        if (readable.length() > READABLE_MAX) {
            readable = readable.substring(0, READABLE_MAX);
        }
        return new CustomId(
                readable + "-" + HexFormat.of().formatHex(sha256(recordId), 0, HASH_BYTES));
    }

    private static byte[] sha256(String text) {
        return Sha256.begun().digest(text.getBytes(StandardCharsets.UTF_8));
    }
}

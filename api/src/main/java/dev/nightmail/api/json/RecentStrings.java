package dev.nightmail.api.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/**
 * Gives out the same {@code String} for the same short bytes seen again: a batch says "custom_id",
 * "params" and the name of its model a hundred thousand times.
 */
final class RecentStrings {

    private static final int SLOTS = 64;
    private static final int LENGTH_MAX = 64;

    private final @Nullable String[] slots = new @Nullable String[SLOTS];

    String of(byte[] bytes, int from, int length) {
        if (length == 0) {
            return "";
        }
        if (length > LENGTH_MAX) {
            return new String(bytes, from, length, UTF_8);
        }
        int slot = (length * 31 + bytes[from] * 7 + bytes[from + length - 1]) & (SLOTS - 1);
        var known = slots[slot];
        if (known != null && isSame(known, bytes, from, length)) {
            return known;
        }
        var text = new String(bytes, from, length, UTF_8);
        slots[slot] = text;
        return text;
    }

    /** For ASCII; anything else is simply not found, as a byte below zero equals no character. */
    private static boolean isSame(String text, byte[] bytes, int from, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }
}

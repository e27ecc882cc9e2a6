package dev.nightmail.core.key;

import java.util.regex.Pattern;

/** The public name of an API key; safe to show and to log. */
public record KeyId(String value) implements Comparable<KeyId> {

    private static final Pattern SHAPE = Pattern.compile("key_[0-9A-Za-z]{1,40}");

    /** Stands for "any non-empty key" while none has been made. */
    public static final KeyId ANY = new KeyId("key_any");

    public KeyId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "not a key id: expected key_ and up to 40 letters and digits");
        }
    }

    @Override
    public int compareTo(KeyId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

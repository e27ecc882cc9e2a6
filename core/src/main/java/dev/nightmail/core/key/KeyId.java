package dev.nightmail.core.key;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** The public name of an API key; safe to show and to log. */
public record KeyId(String value) implements Comparable<KeyId> {

    private static final String PREFIX = "key_";
    private static final Pattern SHAPE = Pattern.compile(PREFIX + "[0-9A-Za-z]{1,40}");

    /** Lower case only, without l and o: people read ids to each other. */
    private static final String DIGITS = "0123456789abcdefghijkmnpqrstuvwxyz";

    /** 61 bits: no two keys of a server are ever named alike. */
    private static final int LENGTH = 12;

    /** Stands for "any non-empty key" while none has been made. */
    public static final KeyId ANY = new KeyId("key_any");

    public KeyId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "not a key id: expected key_ and up to 40 letters and digits");
        }
    }

    /** A new name. */
    public static KeyId create(RandomGenerator random) {
        var id = new StringBuilder(PREFIX);
        for (int i = 0; i < LENGTH; i++) {
            id.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return new KeyId(id.toString());
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

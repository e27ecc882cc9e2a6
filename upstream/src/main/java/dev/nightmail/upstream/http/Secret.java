package dev.nightmail.upstream.http;

import java.util.Objects;

/** A credential. It never prints itself. */
public final class Secret {

    private final String value;

    public Secret(String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a credential must not be blank");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c > '~') {
                throw new IllegalArgumentException(
                        "a credential must be printable ASCII without spaces or line ends");
            }
        }
        this.value = value;
    }

    /** The credential itself, for the one header it travels in. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(value);
    }

    @Override
    public String toString() {
        return "***";
    }
}

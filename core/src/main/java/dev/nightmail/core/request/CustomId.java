package dev.nightmail.core.request;

/** The client's own name for a request, unique within its batch. */
public record CustomId(String value) {

    public static final int LENGTH_MAX = 64;

    public CustomId {
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    "not a custom_id: expected 1 to 64 letters, digits, '_' or '-'");
        }
    }

    /** The wire's own rule: {@code ^[a-zA-Z0-9_-]{1,64}$}. */
    public static boolean isValid(String value) {
        if (value.isEmpty() || value.length() > LENGTH_MAX) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (!isAllowed(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '-';
    }

    @Override
    public String toString() {
        return value;
    }
}

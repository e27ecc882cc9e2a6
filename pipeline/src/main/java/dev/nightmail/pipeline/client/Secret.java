package dev.nightmail.pipeline.client;

/** A key. Prints as {@code ***}, so it cannot slip into a log or a message. */
public final class Secret {

    private final String value;

    public Secret(String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a key is not empty");
        }
        this.value = value;
    }

    String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}

package dev.nightmail.core.key;

import java.util.regex.Pattern;

/** A workspace: batches and keys belong to one and are invisible to the others. */
public record WorkspaceId(String value) implements Comparable<WorkspaceId> {

    private static final Pattern SHAPE = Pattern.compile("[a-zA-Z0-9_.-]{1,64}");

    /** Where everyone works while no key has been made yet. */
    public static final WorkspaceId DEFAULT = new WorkspaceId("default");

    public WorkspaceId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "workspace: expected 1 to 64 letters, digits, '_', '-' or '.'");
        }
    }

    @Override
    public int compareTo(WorkspaceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

package dev.nightmail.pipeline.simulation;

/** Something was seen that must not be. */
@SuppressWarnings("serial")
public final class Violation extends AssertionError {
    Violation(String what) {
        super(what);
    }

    @SuppressWarnings("AnnotateFormatMethod") // no dependency for that
    static void unless(boolean holds, String what, Object... arguments) {
        if (!holds) {
            throw new Violation(what.formatted(arguments));
        }
    }
}

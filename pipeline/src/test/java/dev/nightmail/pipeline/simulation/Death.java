package dev.nightmail.pipeline.simulation;

/** The process ends here: nothing that comes after it has any effect. */
@SuppressWarnings("serial")
public final class Death extends RuntimeException {
    Death() {
        super("dead", null, false, false);
    }
}

package dev.nightmail.pipeline.state;

/** Another run of the same pipeline holds its state; it does what this one would. */
public final class RunUnderWayException extends RuntimeException {
    RunUnderWayException() {
        super("another run of this pipeline is under way: wait for it, or stop it");
    }
}

package dev.nightmail.pipeline.run;

/** A run that does not wait would have to; what it waits for is the next run's to look after. */
final class LeftForLaterException extends RuntimeException {
    LeftForLaterException() {
        super("a run that does not wait would have to wait");
    }
}

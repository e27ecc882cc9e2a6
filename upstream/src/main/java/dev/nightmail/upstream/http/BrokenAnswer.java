package dev.nightmail.upstream.http;

import java.io.IOException;

/** An answer that we break off ourselves, and why. */
final class BrokenAnswer extends IOException {

    private final FailedStep step;

    BrokenAnswer(FailedStep step, String problem) {
        super(problem);
        this.step = step;
    }

    FailedStep step() {
        return step;
    }

    static BrokenAnswer tooLarge(int bodyBytesMax) {
        return new BrokenAnswer(
                FailedStep.BODY_TOO_LARGE, "the body is longer than " + bodyBytesMax + " bytes");
    }

    static BrokenAnswer noMemory() {
        return new BrokenAnswer(FailedStep.NO_MEMORY, "no memory for the answer came free");
    }

    static BrokenAnswer undecodable(IOException cause) {
        var broken = new BrokenAnswer(FailedStep.UNDECODABLE, String.valueOf(cause.getMessage()));
        broken.initCause(cause);
        return broken;
    }
}

package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.http.FailedStep;
import java.io.IOException;

/**
 * An answer that cannot be told any further, by the fault of the upstream. Every other {@link
 * IOException} while a stream is told says that the client is gone.
 */
final class BrokenAnswerException extends IOException {

    private static final long serialVersionUID = 1;

    private final FailedStep step;

    BrokenAnswerException(FailedStep step, String message) {
        super(message);
        this.step = step;
    }

    FailedStep step() {
        return step;
    }
}

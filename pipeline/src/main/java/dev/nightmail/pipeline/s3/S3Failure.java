package dev.nightmail.pipeline.s3;

import org.jspecify.annotations.Nullable;

/** Something could not be done with an object; the message names it and says what to do. */
public final class S3Failure extends RuntimeException {

    S3Failure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

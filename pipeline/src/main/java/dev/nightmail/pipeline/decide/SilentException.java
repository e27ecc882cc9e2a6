package dev.nightmail.pipeline.decide;

import dev.nightmail.pipeline.client.EndpointException;

/** The endpoint does not answer, and nobody waits for it. */
@SuppressWarnings("serial")
public final class SilentException extends RuntimeException {

    SilentException(EndpointException cause) {
        super(
                "the endpoint does not answer ("
                        + cause.getMessage()
                        + "). Nothing is lost: collect again later",
                cause);
    }
}

package dev.nightmail.pipeline.decide;

import dev.nightmail.pipeline.client.EndpointException;

/** Sending was tried often enough. */
@SuppressWarnings("serial")
public final class NothingSentException extends RuntimeException {

    NothingSentException(int tries, EndpointException last) {
        super(
                "no batch could be submitted, tried "
                        + tries
                        + " times: "
                        + last.getMessage()
                        + ": what was done is kept; run it again to go on",
                last);
    }
}

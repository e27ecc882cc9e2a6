package dev.nightmail.api.messages;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The upstream broke off in the middle of an answer: the client's connection has to be cut. */
final class ForwardBrokenException extends IOException {

    ForwardBrokenException(@Nullable Throwable cause) {
        super("the upstream broke off", cause);
    }
}

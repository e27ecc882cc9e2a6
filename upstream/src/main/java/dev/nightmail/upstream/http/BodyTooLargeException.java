package dev.nightmail.upstream.http;

import java.io.IOException;

/** An answer is longer than the caller would take. */
final class BodyTooLargeException extends IOException {
    BodyTooLargeException(int bodyBytesMax) {
        super("the body is longer than " + bodyBytesMax + " bytes");
    }
}

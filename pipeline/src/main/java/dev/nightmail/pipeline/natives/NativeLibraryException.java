package dev.nightmail.pipeline.natives;

/** A native library cannot be unpacked or loaded; the message names the folder and the setting. */
public final class NativeLibraryException extends RuntimeException {

    NativeLibraryException(String message, Throwable cause) {
        super(message, cause);
    }
}

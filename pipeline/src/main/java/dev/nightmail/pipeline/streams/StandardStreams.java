package dev.nightmail.pipeline.streams;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * The standard streams of the process, for a pipeline that stands in a shell pipe. They are there
 * once for the whole process, so nobody closes them.
 *
 * @param isTerminal whether input comes from a keyboard
 * @param output tells of a write that failed with an exception
 */
public record StandardStreams(InputStream input, boolean isTerminal, OutputStream output) {

    /** Without input, and output goes nowhere. */
    public static StandardStreams none() {
        return new StandardStreams(
                InputStream.nullInputStream(), false, OutputStream.nullOutputStream());
    }
}

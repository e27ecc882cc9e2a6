package dev.nightmail.core.journal;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The result lines of a batch: {@code {"custom_id":…,"result":…}} and a line feed each, exactly
 * what is served. It only grows, so an offset stays valid for ever. A download that has opened it
 * is not disturbed when the batch is deleted.
 */
public interface ResultFile {

    /** Bytes that are durable, all of them whole lines. */
    long length();

    /** Opens it at its beginning; the caller closes it. */
    SeekableByteChannel open() throws IOException;

    /** The file itself, where there is one. */
    Optional<Path> path();
}

package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.s3.S3Object;
import dev.nightmail.pipeline.streams.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Tells files as they are from what they were, by name, size and time of the last change. A file
 * that is written anew with the same content counts as changed. Of objects in S3 what a listing
 * says of them: name, size and ETag.
 */
final class FilesSeen {

    private final MessageDigest digest = Sha256.begun();

    /**
     * @param how they are read
     */
    FilesSeen(String how) {
        add(how);
    }

    private void add(String part) {
        var bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update(Integer.toString(bytes.length).getBytes(StandardCharsets.US_ASCII));
        digest.update((byte) ' ');
        digest.update(bytes);
    }

    /** Whether it could be looked at. */
    boolean add(Path file) {
        try {
            var seen = Files.readAttributes(file, BasicFileAttributes.class);
            add(file.toString());
            add(seen.size() + " " + seen.lastModifiedTime().toInstant());
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    void add(S3Object object) {
        add(object.place().toString());
        add(object.version());
    }

    String fingerprint() {
        return HexFormat.of().formatHex(digest.digest());
    }
}

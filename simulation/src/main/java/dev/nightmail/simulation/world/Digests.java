package dev.nightmail.simulation.world;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.NavigableMap;

/** All of a disk and its tables in one number. */
final class Digests {

    private Digests() {}

    static long of(NavigableMap<Path, byte[]> files, String tables) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            files.forEach((path, bytes) -> {
                sha.update(path.toString().getBytes(UTF_8));
                sha.update(bytes);
            });
            sha.update(tables.getBytes(UTF_8));
            return ByteBuffer.wrap(sha.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

package dev.nightmail.pipeline.prompt;

import dev.nightmail.pipeline.streams.Sha256;
import java.security.MessageDigest;

/**
 * Names what is asked, as {@link ContentHash} does, for many requests that begin and end alike: the
 * common beginning is hashed once.
 */
public final class ContentHasher {

    private final MessageDigest begun = Sha256.begun();
    private final byte[] tail;

    /**
     * @param head what comes first
     * @param shared what all requests share; if it is empty, no separator follows
     */
    public ContentHasher(byte[] head, byte[] shared, byte[] separator, byte[] tail) {
        begun.update(head);
        begun.update(shared);
        if (shared.length > 0) {
            begun.update(separator);
        }
        this.tail = tail.clone();
    }

    /** The SHA-256 of a request with this of its own. */
    public byte[] hash(byte[] own) {
        try {
            var digest = (MessageDigest) begun.clone();
            digest.update(own);
            return digest.digest(tail);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of every JDK can be cloned", e);
        }
    }
}

package dev.nightmail.pipeline.prompt;

import dev.nightmail.pipeline.streams.Sha256;
import java.util.HexFormat;

/**
 * Names what is asked: two requests with the same hash ask the same, and are paid for once. A
 * SHA-256 in hexadecimal.
 */
public record ContentHash(String value) {

    public static ContentHash of(byte[]... parts) {
        var digest = Sha256.begun();
        for (var part : parts) {
            digest.update(part);
        }
        return new ContentHash(HexFormat.of().formatHex(digest.digest()));
    }
}

package dev.nightmail.core.key;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * An API key as its owner holds it: {@code nm_live_}, 43 random base-62 digits (256 bits) and a
 * 6-digit checksum, so that a scanner can tell a real key from a look-alike without asking us. It
 * prints as {@code ***}.
 */
public final class KeySecret {

    private static final String PREFIX = "nm_live_";
    private static final String DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int RANDOM_LENGTH = 43;
    private static final int CHECKSUM_LENGTH = 6;

    private final String text;

    private KeySecret(String text) {
        this.text = text;
    }

    /**
     * @param random must be a secure source
     */
    public static KeySecret create(RandomGenerator random) {
        var digits = new StringBuilder(RANDOM_LENGTH);
        for (int i = 0; i < RANDOM_LENGTH; i++) {
            digits.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return new KeySecret(PREFIX + digits + checksum(digits.toString()));
    }

    /** What a client sent, whatever it looks like. */
    public static KeySecret presented(String text) {
        return new KeySecret(text);
    }

    /** Whether this can be a key of ours at all. */
    public boolean isWellFormed() {
        if (!text.startsWith(PREFIX)
                || text.length() != PREFIX.length() + RANDOM_LENGTH + CHECKSUM_LENGTH) {
            return false;
        }
        var random = text.substring(PREFIX.length(), PREFIX.length() + RANDOM_LENGTH);
        return text.endsWith(checksum(random));
    }

    /** Lower-case hex. A plain hash is enough: 256 random bits cannot be guessed from it. */
    public String sha256() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The key in the clear, to be shown once. */
    public String reveal() {
        return text;
    }

    private static String checksum(String random) {
        var crc = new CRC32();
        crc.update(random.getBytes(US_ASCII));
        var value = crc.getValue();
        var digits = new char[CHECKSUM_LENGTH];
        for (int i = CHECKSUM_LENGTH - 1; i >= 0; i--) {
            digits[i] = DIGITS.charAt((int) (value % DIGITS.length()));
            value /= DIGITS.length();
        }
        return new String(digits);
    }

    @Override
    public String toString() {
        return "***";
    }
}

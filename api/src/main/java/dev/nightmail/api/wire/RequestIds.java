package dev.nightmail.api.wire;

import java.util.random.RandomGenerator;

/** Makes the names of HTTP exchanges: {@code req_01} and 22 random letters and digits. */
public final class RequestIds {

    private static final String DIGITS =
            "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final int LENGTH = 22;

    private final RandomGenerator random;

    /**
     * @param random safe for many threads
     */
    public RequestIds(RandomGenerator random) {
        this.random = random;
    }

    public String next() {
        var id = new StringBuilder("req_01");
        for (int i = 0; i < LENGTH; i++) {
            id.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return id.toString();
    }
}

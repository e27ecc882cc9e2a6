package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Texts cut anywhere. */
final class Pieces {

    private Pieces() {}

    /** As a network cuts them: in the middle of a character too. */
    static List<byte[]> of(String text, RandomGenerator random) {
        var bytes = text.getBytes(UTF_8);
        var pieces = new ArrayList<byte[]>();
        for (int at = 0; at < bytes.length; ) {
            int most = random.nextBoolean() ? 3 : 300;
            int end = Math.min(bytes.length, at + 1 + random.nextInt(most));
            pieces.add(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        return pieces;
    }

    /** As a server cuts them: between the halves of a pair too. */
    static List<String> ofString(String text, RandomGenerator random) {
        var pieces = new ArrayList<String>();
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + random.nextInt(8));
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces;
    }
}

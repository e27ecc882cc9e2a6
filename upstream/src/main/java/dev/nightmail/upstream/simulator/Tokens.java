package dev.nightmail.upstream.simulator;

/** Tokens as the simulator counts them: seven characters make two, which is near enough. */
final class Tokens {

    static final int OF_A_FILE = 1500;
    static final int OF_A_MESSAGE = 4;

    private Tokens() {}

    static long ofCharacters(long characters) {
        return Math.ceilDiv(characters * 2, 7);
    }

    static long of(String text) {
        return ofCharacters(text.length());
    }

    /** How many characters that many tokens hold at most. */
    static int characters(long tokens) {
        return (int) Math.min(Integer.MAX_VALUE, tokens * 7 / 2);
    }
}

package dev.nightmail.config.yaml;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Guesses which word was meant. */
public final class Spelling {

    private Spelling() {}

    /** What to do about a word that is none of these. */
    public static String advice(String written, Set<String> words) {
        return nearest(written, words)
                .map(meant -> "did you mean " + meant + "?")
                .orElseGet(() -> "allowed: " + String.join(", ", words));
    }

    /** The word that takes the fewest changes; empty if it would be another word altogether. */
    public static Optional<String> nearest(String written, Set<String> words) {
        return words.stream()
                .filter(word -> changes(written, word) <= changesMax(written, word))
                .min(Comparator.comparingInt(word -> changes(written, word)));
    }

    private static int changesMax(String written, String word) {
        return Math.max(1, Math.min(written.length(), word.length()) / 3);
    }

    /**
     * Letters to put in, take out, replace or swap with their neighbour until one word is the
     * other; case and the choice between dash and underscore are free.
     */
    private static int changes(String one, String other) {
        var from = plain(one);
        var to = plain(other);
        var changes = new int[from.length() + 1][to.length() + 1];
        for (int row = 0; row <= from.length(); row++) {
            for (int column = 0; column <= to.length(); column++) {
                changes[row][column] =
                        row == 0 || column == 0
                                ? row + column
                                : fewest(changes, from, to, row, column);
            }
        }
        return changes[from.length()][to.length()];
    }

    private static int fewest(int[][] changes, String from, String to, int row, int column) {
        var last = from.charAt(row - 1);
        var fewest =
                Math.min(
                        changes[row - 1][column - 1] + (last == to.charAt(column - 1) ? 0 : 1),
                        1 + Math.min(changes[row - 1][column], changes[row][column - 1]));
        var swapped =
                row > 1
                        && column > 1
                        && last == to.charAt(column - 2)
                        && from.charAt(row - 2) == to.charAt(column - 1);
        return swapped ? Math.min(fewest, changes[row - 2][column - 2] + 1) : fewest;
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace('-', '_');
    }
}

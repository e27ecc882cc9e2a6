package dev.nightmail.pipeline.definition;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Guesses which word was meant. */
final class Spelling {

    private Spelling() {}

    /** The word that takes the fewest changes; empty if it would be another word altogether. */
    static Optional<String> nearest(String written, Set<String> words) {
        return words.stream()
                .filter(word -> changes(written, word) <= changesMax(written, word))
                .min(Comparator.comparingInt(word -> changes(written, word)));
    }

    private static int changesMax(String written, String word) {
        return Math.max(1, Math.min(written.length(), word.length()) / 3);
    }

    /**
     * Letters to put in, take out or replace until one word is the other (Levenshtein's distance);
     * case and the choice between dash and underscore are free.
     */
    private static int changes(String one, String other) {
        var from = plain(one);
        var to = plain(other);
        var previous = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            var current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                var replaced =
                        previous[column - 1]
                                + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                current[column] =
                        Math.min(replaced, 1 + Math.min(previous[column], current[column - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace('-', '_');
    }
}

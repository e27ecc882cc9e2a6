package dev.nightmail.cli.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known word that was most likely meant by an unknown one. */
public final class Nearest {

    private Nearest() {}

    /** Empty if none is near: within a quarter of the last name's letters, and at least two. */
    public static Optional<String> to(String word, Collection<String> known) {
        int distanceMax = Math.max(2, (word.length() - word.lastIndexOf('.') - 1) / 4);
        return known.stream()
                .filter(name -> distance(word, name) <= distanceMax)
                .min(Comparator.comparingInt(name -> distance(word, name)));
    }

    /** Levenshtein's: letters to insert, delete or replace. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}

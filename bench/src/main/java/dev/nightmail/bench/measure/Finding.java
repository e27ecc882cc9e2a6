package dev.nightmail.bench.measure;

import java.util.List;

/**
 * What a benchmark found.
 *
 * @param figure of ours, in words
 * @param limit what the machine does at best, in words; empty if there is none to hold it against
 * @param value held against the aim: the ratio of both, or the figure itself
 * @param notes whatever else was seen, a line each
 */
public record Finding(
        String name, String figure, String limit, double value, Aim aim, List<String> notes) {

    public Finding {
        notes = List.copyOf(notes);
    }

    @Override
    public String toString() {
        var line =
                "%-8s %s | %s | %.2f %s, aim %s %s"
                        .formatted(
                                name,
                                figure,
                                limit.isEmpty() ? "no limit" : "limit: " + limit,
                                value,
                                aim.unit(),
                                aim,
                                aim.isMetBy(value) ? "met" : "MISSED");
        return notes.isEmpty() ? line : line + "\n         " + String.join("\n         ", notes);
    }
}

package dev.nightmail.cli.text;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of progress, made to fit: first the bar gets shorter, then the least wanted parts go.
 */
final class ProgressLine {

    private static final int BAR_MIN = 8;
    private static final int BAR_MAX = 32;
    private static final String GAP = "  ";

    private final Style style;

    ProgressLine(Style style) {
        this.style = style;
    }

    /** At most {@code columns} characters wide, colours not counted. */
    String line(Standing standing, int columns) {
        var parts = parts(standing);
        while (parts.size() > 1 && width(parts) + GAP.length() + BAR_MIN > columns) {
            parts.removeLast();
        }
        var rest = columns - width(parts) - GAP.length();
        var bar = rest < BAR_MIN ? "" : bar(standing, Math.min(rest, BAR_MAX)) + GAP;
        var text = String.join(GAP, parts);
        return bar.isEmpty() ? cut(text, columns) : bar + text;
    }

    /** What is being done, and for how long. */
    String line(String phase, String elapsed, int columns) {
        return cut(phase + GAP + elapsed, columns);
    }

    /** The most wanted first. */
    private static List<String> parts(Standing standing) {
        var parts = new ArrayList<String>();
        parts.add(String.format("%3d %%", standing.percent()));
        parts.add(Figures.count(standing.settled()) + " of " + Figures.count(standing.total()));
        parts.add(
                standing.left()
                        .map(left -> Figures.duration(left) + " left")
                        .orElseGet(() -> Figures.duration(standing.elapsed())));
        if (standing.perSecond() > 0) {
            parts.add(Figures.rate(standing.perSecond()));
        }
        var cost = standing.costMicros();
        if (cost != null) {
            parts.add(Figures.money(cost));
        }
        return parts;
    }

    private static int width(List<String> parts) {
        return parts.stream().mapToInt(String::length).sum() + GAP.length() * (parts.size() - 1);
    }

    private String bar(Standing standing, int width) {
        var share = standing.total() == 0 ? 1.0 : (double) standing.settled() / standing.total();
        var filled = (int) Math.clamp(Math.floor(share * width), 0, width);
        return style.good((style.unicode() ? "━" : "#").repeat(filled))
                + style.dim((style.unicode() ? "─" : "-").repeat(width - filled));
    }

    private static String cut(String text, int columns) {
        return text.length() <= columns ? text : text.substring(0, Math.max(0, columns));
    }
}

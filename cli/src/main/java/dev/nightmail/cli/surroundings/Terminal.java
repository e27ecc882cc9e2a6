package dev.nightmail.cli.surroundings;

import java.util.function.IntSupplier;

/**
 * Which of the standard streams a person sits at.
 *
 * @param input whether standard input is a terminal: somebody can answer a question
 * @param output whether standard output is one
 * @param errors whether standard error is one: progress may be redrawn there
 * @param columns width in characters, asked before every redraw since windows change
 */
public record Terminal(boolean input, boolean output, boolean errors, IntSupplier columns) {

    private static final int COLUMNS_DEFAULT = 80;

    /** Pipes and files all around. */
    public static Terminal none() {
        return new Terminal(false, false, false, () -> COLUMNS_DEFAULT);
    }
}

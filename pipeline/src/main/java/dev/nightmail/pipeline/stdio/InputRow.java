package dev.nightmail.pipeline.stdio;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of standard input, as bytes.
 *
 * @param line at which it begins
 * @param cells of it, without quotes; null for one that is empty; a line is one cell
 * @param flaw what is wrong with its form; null if nothing is
 * @param isWhole whether its line end was there
 */
record InputRow(long line, List<byte @Nullable []> cells, @Nullable String flaw, boolean isWhole) {
    InputRow {
        // Not List.copyOf: an empty cell is null.
        cells = new ArrayList<>(cells);
    }
}

package dev.nightmail.pipeline.definition;

import java.util.Locale;

/** What a CSV file does with answers that a spreadsheet would take for formulas. */
public enum Formulas {
    /** They get an apostrophe in front. */
    ESCAPE,
    /** They stay as they are, for programs that read the file. */
    KEEP;

    /** As it stands in the pipeline file. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

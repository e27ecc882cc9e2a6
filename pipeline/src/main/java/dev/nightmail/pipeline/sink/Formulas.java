package dev.nightmail.pipeline.sink;

/** What a CSV file does with answers that a spreadsheet would take for formulas. */
public enum Formulas {
    /** They get an apostrophe in front. */
    ESCAPE,
    /** They stay as they are, for programs that read the file. */
    KEEP
}

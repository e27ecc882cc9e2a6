package dev.nightmail.pipeline.source;

/** How values of a source become the fields of a record. */
public enum Reading {
    /** Cells of CSV files are texts as they stand; lists and structs are shown as JSON. */
    TEXT,
    /** The same, but cells have the types DuckDB detects; a column that is the id stays text. */
    TYPED,
    /** As releases before 0.2 did: cells typed, ids too, values as Java prints them. */
    EARLIER
}

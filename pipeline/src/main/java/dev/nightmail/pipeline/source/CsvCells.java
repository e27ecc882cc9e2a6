package dev.nightmail.pipeline.source;

/** How a source reads the cells of its CSV files. */
public enum CsvCells {
    /** As they stand in the file: {@code 1.10} is the text 1.10 until the query casts it. */
    TEXT,
    /** As the types DuckDB detects: {@code 1.10} is the number 1.1. */
    TYPED
}

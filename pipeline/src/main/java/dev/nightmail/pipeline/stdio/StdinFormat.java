package dev.nightmail.pipeline.stdio;

/** What stands in standard input. */
enum StdinFormat {
    /** One JSON object a line. */
    JSONL,
    /** Comma-separated values with a header line. */
    CSV,
    /** One text a line. */
    LINES
}

package dev.nightmail.pipeline.sink;

/** What a file of answers holds. */
public enum FileMode {
    /** The newest answer of every record the pipeline ever read. */
    CURRENT,
    /** Those of the records that the last run read. */
    REPLACE,
    /** What it held, and behind it each answer that the pipeline took since. */
    APPEND
}

/**
 * Where records come from: SQL over CSV, JSONL and Parquet files, or a folder of texts; streamed,
 * never held.
 */
@NullMarked
package dev.nightmail.pipeline.source;

import org.jspecify.annotations.NullMarked;

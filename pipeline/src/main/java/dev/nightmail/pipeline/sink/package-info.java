/** Where answers go: JSONL, CSV or Parquet, each file replaced whole or not at all. */
@NullMarked
package dev.nightmail.pipeline.sink;

import org.jspecify.annotations.NullMarked;

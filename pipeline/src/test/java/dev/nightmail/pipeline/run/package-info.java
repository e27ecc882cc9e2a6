/** Whole runs against a misbehaving server, with real files, a real SQLite and a real DuckDB. */
@NullMarked
package dev.nightmail.pipeline.run;

import org.jspecify.annotations.NullMarked;

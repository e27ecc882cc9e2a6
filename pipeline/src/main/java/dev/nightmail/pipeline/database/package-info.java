/**
 * Records from a database and answers into one, over JDBC. The driver of PostgreSQL and that of
 * SQLite ship; any other is a jar in {@code lib/drivers}.
 */
@NullMarked
package dev.nightmail.pipeline.database;

import org.jspecify.annotations.NullMarked;

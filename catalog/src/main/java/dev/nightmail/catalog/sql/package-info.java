/** The database under all tables: connections, transactions, schema, how values are stored. */
@NullMarked
package dev.nightmail.catalog.sql;

import org.jspecify.annotations.NullMarked;

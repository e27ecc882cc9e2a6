/** The SQL tables of a server: an index of what the journal holds, the keys, the ledger. */
@NullMarked
package dev.nightmail.catalog;

import org.jspecify.annotations.NullMarked;

/** The ledger of usage. */
@NullMarked
package dev.nightmail.catalog.usage;

import org.jspecify.annotations.NullMarked;

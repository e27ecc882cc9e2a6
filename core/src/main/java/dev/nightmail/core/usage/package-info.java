/** What was used: token counts, and the ledger they are kept in. */
@NullMarked
package dev.nightmail.core.usage;

import org.jspecify.annotations.NullMarked;

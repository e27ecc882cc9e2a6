/** What the journal promises, and that it keeps it when storage does not. */
@NullMarked
package dev.nightmail.journal;

import org.jspecify.annotations.NullMarked;

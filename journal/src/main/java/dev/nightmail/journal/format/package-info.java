/** What the journal's files share: lines, fixed-width records, checksums. */
@NullMarked
package dev.nightmail.journal.format;

import org.jspecify.annotations.NullMarked;

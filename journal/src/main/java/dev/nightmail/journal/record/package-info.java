/** batch.json: what a batch is and where it stands, for people and for a restart. */
@NullMarked
package dev.nightmail.journal.record;

import org.jspecify.annotations.NullMarked;

/** What a check of a data folder finds, for people and for programs. */
@NullMarked
package dev.nightmail.journal.finding;

import org.jspecify.annotations.NullMarked;

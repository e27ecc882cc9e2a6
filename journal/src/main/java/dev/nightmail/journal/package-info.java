/** The append-only files of every batch in one data folder: write, read, recover. */
@NullMarked
package dev.nightmail.journal;

import org.jspecify.annotations.NullMarked;

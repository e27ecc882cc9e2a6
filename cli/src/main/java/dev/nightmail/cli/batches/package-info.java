/** The commands that submit, follow, end and download batches at any endpoint. */
@NullMarked
package dev.nightmail.cli.batches;

import org.jspecify.annotations.NullMarked;

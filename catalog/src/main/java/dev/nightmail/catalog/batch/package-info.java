/** The table of batches. */
@NullMarked
package dev.nightmail.catalog.batch;

import org.jspecify.annotations.NullMarked;

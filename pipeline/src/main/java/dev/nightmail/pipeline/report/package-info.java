/** A run summed up on one page that needs nothing but itself. */
@NullMarked
package dev.nightmail.pipeline.report;

import org.jspecify.annotations.NullMarked;

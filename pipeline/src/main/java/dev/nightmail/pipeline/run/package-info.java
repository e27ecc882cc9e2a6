/**
 * One run of a pipeline, from the records in its source to the answers in its sink; interrupted
 * anywhere, the next run goes on where it was.
 */
@NullMarked
package dev.nightmail.pipeline.run;

import org.jspecify.annotations.NullMarked;

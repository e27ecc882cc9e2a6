/** Bytes that come from and go to outside of a pipeline's own files, and bytes that are packed. */
@NullMarked
package dev.nightmail.pipeline.streams;

import org.jspecify.annotations.NullMarked;

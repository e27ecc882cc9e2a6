/** Records out of real files. */
@NullMarked
package dev.nightmail.pipeline.source;

import org.jspecify.annotations.NullMarked;

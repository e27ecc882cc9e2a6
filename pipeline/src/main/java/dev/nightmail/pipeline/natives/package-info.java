/** The native libraries that come inside jars, and have to be files to be loaded. */
@NullMarked
package dev.nightmail.pipeline.natives;

import org.jspecify.annotations.NullMarked;

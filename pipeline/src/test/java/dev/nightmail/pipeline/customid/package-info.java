/** From record ids to custom ids. */
@NullMarked
package dev.nightmail.pipeline.customid;

import org.jspecify.annotations.NullMarked;

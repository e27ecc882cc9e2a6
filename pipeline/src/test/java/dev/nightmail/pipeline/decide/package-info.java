/** What a run does next, without anything that does it. */
@NullMarked
package dev.nightmail.pipeline.decide;

import org.jspecify.annotations.NullMarked;

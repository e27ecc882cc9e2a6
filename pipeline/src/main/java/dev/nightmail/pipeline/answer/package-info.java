/** From a result line to a checked answer, or to the reason why it is none. */
@NullMarked
package dev.nightmail.pipeline.answer;

import org.jspecify.annotations.NullMarked;

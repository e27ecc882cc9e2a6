/** What pipeline files are taken, and how the others are refused. */
@NullMarked
package dev.nightmail.pipeline.definition;

import org.jspecify.annotations.NullMarked;

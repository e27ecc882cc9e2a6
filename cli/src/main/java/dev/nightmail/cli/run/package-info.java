/** The commands that run a pipeline or say what it would cost. */
@NullMarked
package dev.nightmail.cli.run;

import org.jspecify.annotations.NullMarked;

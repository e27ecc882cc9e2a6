/** Figures, tables and progress as text for people; pure, except for the two progress displays. */
@NullMarked
package dev.nightmail.cli.text;

import org.jspecify.annotations.NullMarked;

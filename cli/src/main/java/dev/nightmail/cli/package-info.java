/** The command line: what a person or a script says to Nightmail, and what it says back. */
@NullMarked
package dev.nightmail.cli;

import org.jspecify.annotations.NullMarked;

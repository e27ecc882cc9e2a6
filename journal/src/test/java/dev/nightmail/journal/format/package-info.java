/** Lines and blocks on their way to a file. */
@NullMarked
package dev.nightmail.journal.format;

import org.jspecify.annotations.NullMarked;

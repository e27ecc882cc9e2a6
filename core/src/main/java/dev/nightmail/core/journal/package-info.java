/** The port to a batch's own files, which are the truth about it. */
@NullMarked
package dev.nightmail.core.journal;

import org.jspecify.annotations.NullMarked;

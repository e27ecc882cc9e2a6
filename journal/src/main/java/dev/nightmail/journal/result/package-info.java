/** The result log: durable groups of lines, the index that vouches for them, recovery. */
@NullMarked
package dev.nightmail.journal.result;

import org.jspecify.annotations.NullMarked;

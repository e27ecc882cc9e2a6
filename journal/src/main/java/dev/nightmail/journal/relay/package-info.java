/** Which requests are out in batches of a provider: a small file for each such batch. */
@NullMarked
package dev.nightmail.journal.relay;

import org.jspecify.annotations.NullMarked;

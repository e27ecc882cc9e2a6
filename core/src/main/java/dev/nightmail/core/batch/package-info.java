/** A batch and its one life: in progress, perhaps canceling, ended, archived. */
@NullMarked
package dev.nightmail.core.batch;

import org.jspecify.annotations.NullMarked;

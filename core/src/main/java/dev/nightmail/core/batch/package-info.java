/** A batch and its one life: submitted, in progress, perhaps canceling, ended, archived. */
@NullMarked
package dev.nightmail.core.batch;

import org.jspecify.annotations.NullMarked;

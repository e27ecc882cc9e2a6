/** What time it is for those who delete what has been kept long enough. */
@NullMarked
package dev.nightmail.core.retention;

import org.jspecify.annotations.NullMarked;

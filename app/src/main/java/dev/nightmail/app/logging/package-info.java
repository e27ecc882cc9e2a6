/** How the log is written. */
@NullMarked
package dev.nightmail.app.logging;

import org.jspecify.annotations.NullMarked;

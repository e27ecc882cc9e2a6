/** What the errors of services mean: one reading for every protocol and every caller. */
@NullMarked
package dev.nightmail.wire.error;

import org.jspecify.annotations.NullMarked;

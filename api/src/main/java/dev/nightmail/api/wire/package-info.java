/** The words of the wire that every endpoint shares: errors, time stamps, request ids. */
@NullMarked
package dev.nightmail.api.wire;

import org.jspecify.annotations.NullMarked;

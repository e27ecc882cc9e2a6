/** The official Java SDK, unmodified, against a running server. */
@NullMarked
package dev.nightmail.app.conformance;

import org.jspecify.annotations.NullMarked;

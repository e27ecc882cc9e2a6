/** The rules of the wire that two of our modules keep, each in its own place. */
@NullMarked
package dev.nightmail.app.rules;

import org.jspecify.annotations.NullMarked;

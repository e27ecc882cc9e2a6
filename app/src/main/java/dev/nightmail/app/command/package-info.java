/** Commands that work on a data folder: serve, keys, usage. */
@NullMarked
package dev.nightmail.app.command;

import org.jspecify.annotations.NullMarked;

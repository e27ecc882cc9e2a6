/**
 * Where everything is put together: configuration, wiring, the commands that need the server's
 * insides, and main.
 */
@NullMarked
package dev.nightmail.app;

import org.jspecify.annotations.NullMarked;

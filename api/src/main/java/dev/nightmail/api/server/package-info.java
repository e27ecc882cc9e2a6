/** The HTTP server: who listens, which path leads where, what happens to errors. */
@NullMarked
package dev.nightmail.api.server;

import org.jspecify.annotations.NullMarked;

/**
 * The configuration: one tree of records, read once.
 *
 * <p>Later wins: the defaults, the file ({@code --config}), the environment ({@code
 * NIGHTMAIL_LISTEN_PORT}), {@code --set}, the flags with names of their own.
 */
@NullMarked
package dev.nightmail.app.config;

import org.jspecify.annotations.NullMarked;

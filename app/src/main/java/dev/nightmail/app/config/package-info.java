/**
 * The configuration: one tree of records, read once.
 *
 * <p>Later wins: the defaults, the file ({@code --config}), {@code --set}, the flags with names of
 * their own.
 */
@NullMarked
package dev.nightmail.app.config;

import org.jspecify.annotations.NullMarked;

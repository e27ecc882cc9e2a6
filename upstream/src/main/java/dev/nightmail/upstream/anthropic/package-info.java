/**
 * The adapter to any service that speaks the Messages API: Claude itself, relays, local servers.
 */
@NullMarked
package dev.nightmail.upstream.anthropic;

import org.jspecify.annotations.NullMarked;

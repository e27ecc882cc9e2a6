/** The client against a server that misbehaves. */
@NullMarked
package dev.nightmail.pipeline.client;

import org.jspecify.annotations.NullMarked;

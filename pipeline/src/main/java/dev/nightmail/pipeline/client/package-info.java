/**
 * A client of the Message Batches API over HTTP: create, follow, cancel, delete, and results that
 * survive a broken connection.
 */
@NullMarked
package dev.nightmail.pipeline.client;

import org.jspecify.annotations.NullMarked;

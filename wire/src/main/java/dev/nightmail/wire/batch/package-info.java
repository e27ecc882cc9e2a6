/**
 * What the Message Batches API of a service did, judged once for everybody who calls it: what
 * became of a create, and what a download of results is. Values and counting only; bodies are read
 * in {@code dev.nightmail.wire.json}.
 */
@NullMarked
package dev.nightmail.wire.batch;

import org.jspecify.annotations.NullMarked;

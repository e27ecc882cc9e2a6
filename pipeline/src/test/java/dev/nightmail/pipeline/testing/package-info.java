/**
 * What the tests of the pipeline share: a Batches server that misbehaves on order, and a folder
 * with a pipeline in it.
 */
@NullMarked
package dev.nightmail.pipeline.testing;

import org.jspecify.annotations.NullMarked;

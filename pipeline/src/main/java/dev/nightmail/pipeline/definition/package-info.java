/**
 * What a pipeline is: PIPELINE.yaml read once into one immutable record tree, or refused with every
 * problem it has.
 */
@NullMarked
package dev.nightmail.pipeline.definition;

import org.jspecify.annotations.NullMarked;

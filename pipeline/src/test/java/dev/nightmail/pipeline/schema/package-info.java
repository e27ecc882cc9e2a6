/** Tests of what is made of schemas. */
@NullMarked
package dev.nightmail.pipeline.schema;

import org.jspecify.annotations.NullMarked;

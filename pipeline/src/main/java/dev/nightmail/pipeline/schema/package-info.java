/** The JSON schema of answers: whether it is one, and whether it checks what it seems to. */
@NullMarked
package dev.nightmail.pipeline.schema;

import org.jspecify.annotations.NullMarked;

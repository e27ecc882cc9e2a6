/** Makes up JSON values that satisfy a JSON schema. */
@NullMarked
package dev.nightmail.upstream.schema;

import org.jspecify.annotations.NullMarked;

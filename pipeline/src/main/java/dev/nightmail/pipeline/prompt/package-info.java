/** From a record to the parameters of one request: template, truncation, system prompt, schema. */
@NullMarked
package dev.nightmail.pipeline.prompt;

import org.jspecify.annotations.NullMarked;

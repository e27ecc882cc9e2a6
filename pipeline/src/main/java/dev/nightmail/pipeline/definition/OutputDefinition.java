package dev.nightmail.pipeline.definition;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an answer must look like.
 *
 * @param file where the schema was read from, for messages; null if it stands in the pipeline
 *     itself
 * @param schema the JSON schema itself
 * @param reaskMax how often one record is asked again after an answer that breaks the schema
 */
public record OutputDefinition(@Nullable Path file, ObjectNode schema, int reaskMax) {}

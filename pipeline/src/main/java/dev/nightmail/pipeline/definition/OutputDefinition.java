package dev.nightmail.pipeline.definition;

import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an answer must look like.
 *
 * @param file where the schema was read from, for messages
 * @param schema the JSON schema itself
 * @param reaskMax how often one record is asked again after an answer that breaks the schema
 */
public record OutputDefinition(Path file, ObjectNode schema, int reaskMax) {}

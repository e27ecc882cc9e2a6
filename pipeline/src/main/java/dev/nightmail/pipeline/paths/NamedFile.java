package dev.nightmail.pipeline.paths;

import java.nio.file.Path;

/**
 * A file a pipeline reads or writes.
 *
 * @param key of the pipeline file that names it, for messages
 */
public record NamedFile(String key, Path path) {}

package dev.nightmail.pipeline.definition;

import java.nio.file.Path;

/**
 * Where answers go.
 *
 * @param file the answers, one row a record
 * @param failedFile records without an answer, one JSON line each with the reason; absent when
 *     there are none
 * @param reportFile a page that sums the run up
 */
public record SinkDefinition(Path file, SinkFormat format, Path failedFile, Path reportFile) {}

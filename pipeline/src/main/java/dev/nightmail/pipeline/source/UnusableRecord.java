package dev.nightmail.pipeline.source;

import org.jspecify.annotations.Nullable;

/**
 * A record that a source cannot hand out, and why; the source goes on behind it.
 *
 * @param id null if it has none, or none that can be read
 * @param reason what is wrong and what to do, without anything that stands in the record
 */
public record UnusableRecord(@Nullable String id, String reason) implements SourceItem {}

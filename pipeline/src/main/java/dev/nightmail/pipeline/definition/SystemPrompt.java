package dev.nightmail.pipeline.definition;

import dev.nightmail.pipeline.cost.CacheTtl;
import org.jspecify.annotations.Nullable;

/**
 * What every request says before the record's own prompt.
 *
 * @param cache how long the upstream is asked to keep it cached; null: no cache marker
 */
public record SystemPrompt(String text, @Nullable CacheTtl cache) {}

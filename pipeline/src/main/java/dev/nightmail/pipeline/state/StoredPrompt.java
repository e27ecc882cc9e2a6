package dev.nightmail.pipeline.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A version of a pipeline's prompt.
 *
 * @param version its hash
 * @param shape what its requests were made from, a JSON object; null if an earlier release made
 *     them
 * @param model that its batches name; empty if there are none
 * @param answers that were given to it and kept, some perhaps to the same record again
 */
public record StoredPrompt(
        String version, @Nullable String shape, Instant firstAt, String model, long answers) {}

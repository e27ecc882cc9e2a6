package dev.nightmail.pipeline.client;

import org.jspecify.annotations.Nullable;

/**
 * A model, as an endpoint describes it.
 *
 * @param maxTokens the most it writes in one answer; null if that is not told
 * @param simulated whether the answers are made up: a simulator told of the model
 */
public record ModelSeen(@Nullable Integer maxTokens, boolean simulated) {}

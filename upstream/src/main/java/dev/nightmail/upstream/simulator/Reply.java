package dev.nightmail.upstream.simulator;

import dev.nightmail.core.usage.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What the simulated model answers.
 *
 * @param usage only of the output, until it is billed
 */
record Reply(
        String id,
        String model,
        Content content,
        String stopReason,
        @Nullable String stopSequence,
        Usage usage) {

    /** The same with what the service billed for it. */
    Reply billed(Usage other) {
        return new Reply(id, model, content, stopReason, stopSequence, other);
    }

    sealed interface Content {
        record None() implements Content {}

        record Text(String text) implements Content {}

        /**
         * @param input a JSON object on one line
         */
        record ToolUse(String id, String name, String input) implements Content {}
    }
}

package dev.nightmail.cli.run;

import dev.nightmail.pipeline.answer.FailureKind;
import java.util.Arrays;

/** Kinds of failure in plain words; the names on the wire are for files and programs. */
final class FailureWords {

    private FailureWords() {}

    static String of(String wireName) {
        return Arrays.stream(FailureKind.values())
                .filter(kind -> kind.wireName().equals(wireName))
                .findFirst()
                .map(FailureWords::of)
                .orElse(wireName);
    }

    private static String of(FailureKind kind) {
        return switch (kind) {
            case INVALID_REQUEST -> "invalid request";
            case ACCOUNT -> "refused for the account or its key";
            case TRANSIENT_ERROR -> "failed again and again";
            case EXPIRED -> "expired again and again";
            case INVALID_ANSWER -> "broke the schema";
            case MAX_TOKENS -> "cut off at max_tokens";
            case CONTEXT_WINDOW -> "too long for the model";
            case REFUSAL -> "declined by the model";
            case NO_RESULT -> "without a result";
        };
    }
}

package dev.nightmail.pipeline.answer;

import java.util.Locale;

/** Why a record has no answer. */
public enum FailureKind {
    /** The request itself is wrong; the same request would fail again. */
    INVALID_REQUEST(false),
    /**
     * The key, its rights or the account's payment; the next run tries again, this one would only
     * repeat the refusal.
     */
    ACCOUNT(true),
    /** Errors that pass, more often than {@code retry.transient} allows. */
    TRANSIENT_ERROR(true),
    /** Batches that ran out of time, more often than {@code retry.expired} allows. */
    EXPIRED(true),
    /** An answer that is empty or breaks the schema, also after being asked again. */
    INVALID_ANSWER(false),
    /** The answer was cut off at {@code max_tokens}. */
    MAX_TOKENS(false),
    /** The prompt left no room in the model's context window. */
    CONTEXT_WINDOW(false),
    /** The model declined to answer. */
    REFUSAL(false),
    /** The batch ended without a result for this request. */
    NO_RESULT(true);

    private final boolean nextRunTriesAgain;

    FailureKind(boolean nextRunTriesAgain) {
        this.nextRunTriesAgain = nextRunTriesAgain;
    }

    /** Otherwise the record stays set aside until its request changes. */
    public boolean nextRunTriesAgain() {
        return nextRunTriesAgain;
    }

    /** As it stands in {@code failed.jsonl}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}

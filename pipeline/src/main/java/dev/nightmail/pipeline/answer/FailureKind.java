package dev.nightmail.pipeline.answer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Why a record has no answer. */
public enum FailureKind {
    /** The source gave nothing that can be asked; each reading of the source tells anew. */
    UNUSABLE_RECORD(true, "unusable"),
    /** The request itself is wrong; the same request would fail again. */
    INVALID_REQUEST(false, "invalid request"),
    /**
     * The key, its rights or the account's payment; the next run tries again, this one would only
     * repeat the refusal.
     */
    ACCOUNT(true, "refused for the account or its key"),
    /** Errors that pass, more often than {@code retry.transient} allows. */
    TRANSIENT_ERROR(true, "failed again and again"),
    /** Batches that ran out of time, more often than {@code retry.expired} allows. */
    EXPIRED(true, "expired again and again"),
    /** An answer that is empty or breaks the schema, also after being asked again. */
    INVALID_ANSWER(false, "broke the schema"),
    /** The answer was cut off at {@code max_tokens}. */
    MAX_TOKENS(false, "cut off at max_tokens"),
    /** The prompt left no room in the model's context window. */
    CONTEXT_WINDOW(false, "too long for the model"),
    /** The model paused in the middle of a turn, to be asked to go on; a batch cannot. */
    UNFINISHED(false, "left unfinished"),
    /** The model declined to answer. */
    REFUSAL(false, "declined by the model"),
    /**
     * The batch ended without a result for this request, which may have been answered and paid for:
     * nobody but its author decides to pay for it again.
     */
    NO_RESULT(false, "without a result");

    private final boolean nextRunTriesAgain;
    private final String words;

    FailureKind(boolean nextRunTriesAgain, String words) {
        this.nextRunTriesAgain = nextRunTriesAgain;
        this.words = words;
    }

    /** As it stands in {@code failed.jsonl}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the next run tries again; else the record is set aside until its request changes. */
    public boolean nextRunTriesAgain() {
        return nextRunTriesAgain;
    }

    /** The same of a kind as a state has it. */
    public static boolean nextRunTriesAgain(String wireName) {
        return ofWireName(wireName).map(kind -> kind.nextRunTriesAgain).orElse(false);
    }

    /** For people, after a number of records: {@code 3 cut off at max_tokens}. */
    public static String words(String wireName) {
        return ofWireName(wireName).map(kind -> kind.words).orElse(wireName);
    }

    private static Optional<FailureKind> ofWireName(String wireName) {
        return Arrays.stream(values()).filter(kind -> kind.wireName().equals(wireName)).findFirst();
    }
}

package dev.nightmail.pipeline.decide;

import dev.nightmail.pipeline.answer.FailureKind;
import java.util.Map;
import java.util.Set;

/**
 * Whether a record whose request failed is asked again, by how it failed now and before.
 *
 * @param transientMax how often after errors that pass
 * @param expiredMax how often after its batch ran out of time
 * @param reaskMax how often, and in other words, after an answer that cannot be used
 * @param retried of what was set aside before this run, what somebody wants asked again by it
 */
public record RetryPolicy(
        int transientMax, int expiredMax, int reaskMax, Set<FailureKind> retried) {

    public RetryPolicy {
        retried = Set.copyOf(retried);
    }

    /** What becomes of the record. */
    public sealed interface Next {
        /** The same again, in another batch. */
        record AskAgain() implements Next {}

        /** Again, with the answer and what is wrong with it. */
        record AskOtherwise() implements Next {}

        /** It has no answer. */
        record SetAside() implements Next {}
    }

    /**
     * @param history how often it failed before in which way, by {@link FailureKind#wireName}
     */
    public Next after(Map<String, Integer> history, FailureKind kind) {
        int before = history.getOrDefault(kind.wireName(), 0);
        return switch (kind) {
            case TRANSIENT_ERROR ->
                    before < transientMax ? new Next.AskAgain() : new Next.SetAside();
            case EXPIRED -> before < expiredMax ? new Next.AskAgain() : new Next.SetAside();
            case INVALID_ANSWER ->
                    before < reaskMax ? new Next.AskOtherwise() : new Next.SetAside();
            case UNUSABLE_RECORD,
                    INVALID_REQUEST,
                    ACCOUNT,
                    MAX_TOKENS,
                    CONTEXT_WINDOW,
                    UNFINISHED,
                    REFUSAL,
                    NO_RESULT ->
                    new Next.SetAside();
        };
    }

    /**
     * Whether the next run asks a record that was set aside, if it is asked the same.
     *
     * @param kind as a state has it
     * @param history with the failure it was set aside for; empty if nobody counted
     */
    public boolean takesUp(String kind, Map<String, Integer> history) {
        return FailureKind.nextRunTriesAgain(kind)
                || retried.stream().anyMatch(one -> one.wireName().equals(kind))
                || asksFurther(kind, history);
    }

    /** Whether that is since more answers may be unusable by now than when it was set aside. */
    public boolean asksFurther(String kind, Map<String, Integer> history) {
        int unusable = history.getOrDefault(FailureKind.INVALID_ANSWER.wireName(), 0);
        return kind.equals(FailureKind.INVALID_ANSWER.wireName())
                && unusable > 0
                && unusable <= reaskMax;
    }

    /** The history of a record that was asked as often as it may be, and nobody counted. */
    public Map<String, Integer> usedUp() {
        return Map.of(FailureKind.INVALID_ANSWER.wireName(), reaskMax + 1);
    }
}

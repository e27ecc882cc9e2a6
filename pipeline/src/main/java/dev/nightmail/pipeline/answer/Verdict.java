package dev.nightmail.pipeline.answer;

/** Whether a message is the answer that was asked for. */
public sealed interface Verdict {

    /**
     * The answer.
     *
     * @param json the answer as JSON: what the schema describes, or the text as a JSON string
     */
    record Accepted(String json) implements Verdict {
        public Accepted {
            json = WellFormed.text(json);
        }
    }

    /**
     * No answer, though one was paid for.
     *
     * @param reason for the author, and for the model when it is asked again
     * @param text what the model said
     */
    record Rejected(FailureKind kind, String reason, String text) implements Verdict {
        public Rejected {
            reason = WellFormed.text(reason);
            text = WellFormed.text(text);
        }
    }
}

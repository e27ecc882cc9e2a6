package dev.nightmail.pipeline.answer;

import com.networknt.schema.Schema;
import dev.nightmail.pipeline.definition.OutputDefinition;
import dev.nightmail.pipeline.schema.AnswerSchema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Decides whether a message is an answer: finished, not declined, and, where there is a schema,
 * JSON that satisfies it.
 */
public final class AnswerCheck {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final @Nullable Schema schema;

    /**
     * @param output null when any text will do
     * @throws InvalidSchemaException if the schema is none
     */
    public AnswerCheck(@Nullable OutputDefinition output) {
        this.schema = output == null ? null : schema(output);
    }

    public Verdict check(Message message) {
        return switch (message.stopReason()) {
            case "max_tokens" ->
                    rejected(
                            FailureKind.MAX_TOKENS,
                            "the answer was cut off at max_tokens",
                            message);
            case "pause_turn" ->
                    rejected(
                            FailureKind.UNFINISHED,
                            "the model paused before it had answered",
                            message);
            case "refusal" ->
                    rejected(FailureKind.REFUSAL, "the model declined to answer", message);
            case "model_context_window_exceeded" ->
                    rejected(
                            FailureKind.CONTEXT_WINDOW,
                            "the answer ran into the end of the model's context window",
                            message);
            default -> schema == null ? checkText(message) : checkJson(schema, message);
        };
    }

    private static Verdict checkText(Message message) {
        // What stands beside a call only announces it.
        var toolInput = message.toolInput();
        if (toolInput != null) {
            return new Verdict.Accepted(toolInput.toString());
        }
        return message.text().isBlank()
                ? empty(message)
                : new Verdict.Accepted(JSON.writeValueAsString(message.text()));
    }

    private static Verdict checkJson(Schema schema, Message message) {
        var toolInput = message.toolInput();
        if (toolInput == null && message.text().isBlank()) {
            return empty(message);
        }
        var answer = toolInput == null ? JsonInText.find(message.text()) : toolInput;
        if (answer == null) {
            return rejected(FailureKind.INVALID_ANSWER, "the answer is not valid JSON", message);
        }
        var errors = schema.validate(answer);
        return errors.isEmpty()
                ? new Verdict.Accepted(answer.toString())
                : rejected(FailureKind.INVALID_ANSWER, AnswerSchema.reasons(errors), message);
    }

    private static Verdict empty(Message message) {
        return rejected(FailureKind.INVALID_ANSWER, "the answer is empty", message);
    }

    private static Verdict rejected(FailureKind kind, String reason, Message message) {
        var toolInput = message.toolInput();
        return new Verdict.Rejected(
                kind, reason, toolInput == null ? message.text() : toolInput.toString());
    }

    /** A pipeline file with such a schema is refused when it is read: this is for other callers. */
    private static Schema schema(OutputDefinition output) {
        var problems = AnswerSchema.problems(output.schema());
        if (!problems.isEmpty()) {
            throw new InvalidSchemaException(
                    "output.schema: "
                            + (output.file() == null ? "the schema" : output.file())
                            + String.join(";", problems));
        }
        return AnswerSchema.of(output.schema());
    }
}

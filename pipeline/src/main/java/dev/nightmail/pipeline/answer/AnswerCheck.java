package dev.nightmail.pipeline.answer;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.nightmail.pipeline.definition.OutputDefinition;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Decides whether a message is an answer: finished, not declined, and, where there is a schema,
 * JSON that satisfies it.
 */
public final class AnswerCheck {

    /**
     * Reasons go into a prompt when a record is asked again; a schema with many complaints must not
     * crowd it out.
     */
    private static final int REASONS_MAX = 10;

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

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
        if (!message.text().isBlank()) {
            return new Verdict.Accepted(JSON.writeValueAsString(message.text()));
        }
        var toolInput = message.toolInput();
        return toolInput == null ? empty(message) : new Verdict.Accepted(toolInput.toString());
    }

    private static Verdict checkJson(Schema schema, Message message) {
        var toolInput = message.toolInput();
        if (toolInput == null && message.text().isBlank()) {
            return empty(message);
        }
        JsonNode answer;
        try {
            answer = toolInput == null ? JSON.readTree(withoutFence(message.text())) : toolInput;
        } catch (JacksonException _) {
            return rejected(FailureKind.INVALID_ANSWER, "the answer is not valid JSON", message);
        }
        var errors = schema.validate(answer);
        return errors.isEmpty()
                ? new Verdict.Accepted(answer.toString())
                : rejected(FailureKind.INVALID_ANSWER, reasons(errors), message);
    }

    private static Verdict empty(Message message) {
        return rejected(FailureKind.INVALID_ANSWER, "the answer is empty", message);
    }

    private static Verdict rejected(FailureKind kind, String reason, Message message) {
        var toolInput = message.toolInput();
        return new Verdict.Rejected(
                kind, reason, toolInput == null ? message.text() : toolInput.toString());
    }

    /**
     * Models without structured output like to wrap JSON into a Markdown fence; what is inside is
     * the answer.
     */
    private static String withoutFence(String text) {
        var stripped = text.strip();
        if (!stripped.startsWith("```")
                || !stripped.endsWith("```")
                || stripped.indexOf('\n') < 0) {
            return stripped;
        }
        return stripped.substring(stripped.indexOf('\n') + 1, stripped.length() - 3);
    }

    private static Schema schema(OutputDefinition output) {
        try {
            var registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
            refuseUnlessSchema(registry, output);
            var schema = registry.getSchema(output.schema());
            schema.initializeValidators();
            return schema;
        } catch (InvalidSchemaException e) {
            throw e;
        } catch (RuntimeException e) {
            // The library tells of patterns, references and dialects it cannot use in exceptions of
            // many kinds.
            throw new InvalidSchemaException(
                    "output.schema: "
                            + output.file()
                            + " is no JSON schema: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("unknown"),
                    e);
        }
    }

    /**
     * A keyword misspelt or of the wrong type would be passed over, and every answer paid for
     * before anybody knew.
     */
    private static void refuseUnlessSchema(SchemaRegistry registry, OutputDefinition output) {
        var version =
                SpecificationVersion.fromSchemaNode(output.schema())
                        .orElse(SpecificationVersion.DRAFT_2020_12);
        var errors =
                registry.getSchema(SchemaLocation.of(version.getDialectId()))
                        .validate(output.schema());
        if (!errors.isEmpty()) {
            throw new InvalidSchemaException(
                    "output.schema: " + output.file() + " is no JSON schema: " + reasons(errors),
                    null);
        }
        SchemaKeywords.complaint(output.schema())
                .ifPresent(complaint -> {
                    throw new InvalidSchemaException(
                            "output.schema: " + output.file() + ": " + complaint, null);
                });
    }

    /** Where in the JSON and what is wrong, each complaint once. */
    private static String reasons(List<Error> errors) {
        return errors.stream()
                .map(AnswerCheck::reason)
                .distinct()
                .limit(REASONS_MAX)
                .collect(Collectors.joining("; "));
    }

    private static String reason(Error error) {
        var place = String.valueOf(error.getInstanceLocation());
        return place.isEmpty() ? error.getMessage() : place + ": " + error.getMessage();
    }
}

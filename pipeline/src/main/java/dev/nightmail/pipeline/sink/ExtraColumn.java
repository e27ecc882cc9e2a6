package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.customid.CustomId;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** A column that says how an answer came about, beside the answer itself. */
public enum ExtraColumn {
    /** The model that answered, as it names itself. */
    MODEL(Columns.Type.TEXT),
    /** Which prompt it was asked with: a hash of template, system prompt, schema and parameters. */
    PROMPT_VERSION(Columns.Type.TEXT),
    /** Tokens of its prompt, cached ones included. */
    INPUT_TOKENS(Columns.Type.WHOLE_NUMBER),
    /** Tokens of the answer, thinking included. */
    OUTPUT_TOKENS(Columns.Type.WHOLE_NUMBER),
    /** US dollars; nothing where no price was known. */
    COST_USD(Columns.Type.NUMBER),
    /** The batch it came in, by its id at the endpoint. */
    BATCH_ID(Columns.Type.TEXT),
    /** The record's custom_id in that batch. */
    CUSTOM_ID(Columns.Type.TEXT),
    /** How often the record was asked for it. */
    ATTEMPTS(Columns.Type.WHOLE_NUMBER),
    /** Why the answer ended, in the word of the API. */
    STOP_REASON(Columns.Type.TEXT),
    /** When the pipeline took it, UTC, ISO 8601. */
    ANSWERED_AT(Columns.Type.TEXT),
    /** Whether a simulator answered. */
    SIMULATED(Columns.Type.TRUTH);

    private final Columns.Type type;

    ExtraColumn(Columns.Type type) {
        this.type = type;
    }

    /** What it is called in a pipeline file and, unless that name is taken, in a sink. */
    public String columnName() {
        return name().toLowerCase(Locale.ROOT);
    }

    Columns.Type type() {
        return type;
    }

    /** Its value for a row; null where it is not known. */
    JsonNode value(AnswerRow row) {
        var json = JsonNodeFactory.instance;
        var origin = row.origin();
        return switch (this) {
            case MODEL -> json.stringNode(origin.model());
            case PROMPT_VERSION -> json.stringNode(origin.promptVersion());
            case INPUT_TOKENS -> json.numberNode(origin.inputTokens());
            case OUTPUT_TOKENS -> json.numberNode(origin.outputTokens());
            case COST_USD -> json.numberNode(origin.costUsd());
            case BATCH_ID -> json.stringNode(origin.batchId());
            case CUSTOM_ID -> json.stringNode(CustomId.ofRecord(row.recordId()).value());
            case ATTEMPTS -> json.numberNode(origin.attempts());
            case STOP_REASON -> json.stringNode(origin.stopReason());
            case ANSWERED_AT -> {
                var at = origin.answeredAt();
                yield at == null ? json.nullNode() : json.stringNode(at.toString());
            }
            case SIMULATED -> json.booleanNode(origin.simulated());
        };
    }
}

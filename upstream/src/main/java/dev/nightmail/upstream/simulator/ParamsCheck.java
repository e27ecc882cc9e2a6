package dev.nightmail.upstream.simulator;

import static dev.nightmail.upstream.simulator.RefusedException.invalid;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.request.ApiVersion;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Refuses what the real API refuses, in the words it uses: field by field, the first fault. */
final class ParamsCheck {

    private static final int MESSAGES_MAX = 100_000;
    private static final int CACHE_BREAKPOINTS_MAX = 4;
    private static final int THINKING_TOKENS_MIN = 1024;

    private static final Set<String> BLOCK_TYPES =
            Set.of(
                    "text",
                    "image",
                    "document",
                    "search_result",
                    "thinking",
                    "redacted_thinking",
                    "tool_use",
                    "tool_result",
                    "server_tool_use",
                    "web_search_tool_result",
                    "web_fetch_tool_result",
                    "code_execution_tool_result",
                    "bash_code_execution_tool_result",
                    "text_editor_code_execution_tool_result",
                    "tool_search_tool_result",
                    "container_upload",
                    "mcp_tool_use",
                    "mcp_tool_result",
                    "mcp_tool_listing",
                    "advisor_tool_result",
                    "compaction",
                    "fallback");

    /** Of the body of a message (wire contract, section 2.1), those of betas included. */
    private static final Set<String> FIELDS =
            Set.of(
                    "model",
                    "max_tokens",
                    "messages",
                    "system",
                    "stop_sequences",
                    "stream",
                    "temperature",
                    "top_p",
                    "top_k",
                    "tools",
                    "tool_choice",
                    "thinking",
                    "output_config",
                    "output_format",
                    "service_tier",
                    "metadata",
                    "cache_control",
                    "container",
                    "inference_geo",
                    "speed",
                    "diagnostics",
                    "context_management",
                    "mcp_servers",
                    "compaction",
                    "thread",
                    "fallbacks",
                    "fallback_credit_token",
                    "billing_policy",
                    "user_profile_id");

    private final JsonNode params;
    private final ApiVersion version;
    private final Rules rules;
    private final Models models;

    /**
     * What is refused besides what is wrong for certain.
     *
     * @param strict whether models and fields that nobody has published are refused, as the real
     *     service does; else they pass, as they may at a server of next year
     */
    record Rules(Models models, boolean strict) {}

    private ParamsCheck(JsonNode params, ApiVersion version, Rules rules) {
        this.params = params;
        this.version = version;
        this.rules = rules;
        this.models = rules.models();
    }

    /**
     * @param batch whether the request came in a batch, where a few things are not allowed
     */
    static void messages(JsonNode params, ApiVersion version, boolean batch, Rules rules)
            throws RefusedException {
        var check = new ParamsCheck(params, version, rules);
        check.common();
        check.maxTokens(batch);
        check.limitsOnAnswer();
    }

    static void countTokens(JsonNode params, ApiVersion version, Rules rules)
            throws RefusedException {
        // Fields of the Messages body are tolerated: people count what they are about to send.
        new ParamsCheck(params, version, rules).common();
    }

    private void common() throws RefusedException {
        if (!params.isObject()) {
            throw invalid("Input should be a valid dictionary");
        }
        fields();
        model();
        conversation();
        system();
        sampling();
        tools();
        thinking();
        outputFormat();
        cacheBreakpoints();
    }

    private void fields() throws RefusedException {
        if (!rules.strict()) {
            return;
        }
        for (var name : params.propertyNames()) {
            if (!FIELDS.contains(name)) {
                throw invalid(shortened(name) + ": Extra inputs are not permitted");
            }
        }
    }

    private static String shortened(String name) {
        return name.length() > 64 ? name.substring(0, 64) + "…" : name;
    }

    private void model() throws RefusedException {
        var model = required("model");
        if (!model.isString()) {
            throw invalid("model: Input should be a valid string");
        }
        if (model.stringValue().isEmpty()) {
            throw invalid("model: String should have at least 1 character");
        }
        if (rules.strict() && !models.has(model.stringValue())) {
            throw new RefusedException(
                    ErrorType.NOT_FOUND_ERROR, "model: " + shortened(model.stringValue()));
        }
    }

    private JsonNode required(String name) throws RefusedException {
        var value = params.get(name);
        if (value == null) {
            throw invalid(name + ": Field required");
        }
        return value;
    }

    private void conversation() throws RefusedException {
        var messages = required("messages");
        if (!messages.isArray()) {
            throw invalid("messages: Input should be a valid list");
        }
        if (messages.isEmpty()) {
            throw invalid("messages: at least one message is required");
        }
        if (messages.size() > MESSAGES_MAX) {
            throw invalid("messages: List should have at most 100000 items");
        }
        int i = 0;
        String lastRole = "";
        for (var message : messages.values()) {
            lastRole = message(message, "messages." + i++);
        }
        if (lastRole.equals("assistant")
                && !models.takesPrefill(params.path("model").stringValue())) {
            throw invalid(
                    "This model does not support assistant message prefill. The conversation must"
                            + " end with a user message.");
        }
    }

    private String message(JsonNode message, String at) throws RefusedException {
        if (!message.isObject()) {
            throw invalid(at + ": Input should be a valid dictionary");
        }
        var role = message.get("role");
        if (role == null) {
            throw invalid(at + ".role: Field required");
        }
        String name = role.asString("");
        if (!role.isString()
                || !(name.equals("user") || name.equals("assistant") || name.equals("system"))) {
            throw invalid(at + ".role: Input should be 'user', 'assistant' or 'system'");
        }
        var content = message.get("content");
        if (content == null) {
            throw invalid(at + ".content: Field required");
        }
        if (content.isString()) {
            if (content.stringValue().isEmpty() && !name.equals("assistant")) {
                throw invalid(at + ".content: " + name + " messages must have non-empty content");
            }
        } else if (content.isArray()) {
            blocks(content, name, at + ".content");
        } else {
            throw invalid(at + ".content: Input should be a valid string or list");
        }
        return name;
    }

    private void blocks(JsonNode blocks, String role, String at) throws RefusedException {
        if (blocks.isEmpty() && !role.equals("assistant")) {
            throw invalid(at + ": " + role + " messages must have non-empty content");
        }
        int i = 0;
        for (var block : blocks.values()) {
            block(block, role, at + "." + i++);
        }
    }

    private void block(JsonNode block, String role, String at) throws RefusedException {
        if (!block.isObject()) {
            throw invalid(at + ": Input should be a valid dictionary");
        }
        String type = block.path("type").asString("");
        if (type.isEmpty()) {
            throw invalid(at + ".type: Field required");
        }
        if (!BLOCK_TYPES.contains(type)) {
            throw invalid(
                    at
                            + ": Input tag '"
                            + shortened(type)
                            + "' found using 'type' does not match"
                            + " any of the expected tags");
        }
        switch (type) {
            case "text" -> {
                text(block, at);
                if (newRules()
                        && role.equals("user")
                        && block.path("citations").isArray()
                        && !block.path("citations").isEmpty()) {
                    throw invalid(
                            at + ".citations: Extra inputs are not permitted in user messages");
                }
            }
            case "image", "document" -> {
                if (!block.path("source").isObject()) {
                    throw invalid(at + ".source: Field required");
                }
                if (newRules() && type.equals("document") && role.equals("assistant")) {
                    throw invalid(at + ": document blocks are not permitted in assistant messages");
                }
            }
            case "search_result" -> searchResult(block, role, at);
            case "tool_use" -> {
                requireString(block, "id", at);
                requireString(block, "name", at);
                if (!block.path("input").isObject()) {
                    throw invalid(at + ".input: Input should be a valid dictionary");
                }
            }
            case "tool_result" -> requireString(block, "tool_use_id", at);
            default -> {
                // Blocks that services make themselves come back as they were given.
            }
        }
    }

    private boolean newRules() {
        return switch (version) {
            case V2023_06_01 -> false;
            case V2026_10_21 -> true;
        };
    }

    private void searchResult(JsonNode block, String role, String at) throws RefusedException {
        int i = 0;
        for (var part : block.path("content").values()) {
            block(part, role, at + ".content." + i++);
        }
    }

    private static void text(JsonNode block, String at) throws RefusedException {
        requireString(block, "text", at);
        if (block.path("text").stringValue().isEmpty()) {
            throw invalid(at + ".text: text content blocks must be non-empty");
        }
    }

    private static void requireString(JsonNode block, String name, String at)
            throws RefusedException {
        var value = block.get(name);
        if (value == null) {
            throw invalid(at + "." + name + ": Field required");
        }
        if (!value.isString()) {
            throw invalid(at + "." + name + ": Input should be a valid string");
        }
    }

    private void system() throws RefusedException {
        var system = params.get("system");
        if (system == null || system.isString()) {
            return;
        }
        if (!system.isArray()) {
            throw invalid("system: Input should be a valid string or list");
        }
        int i = 0;
        for (var block : system.values()) {
            String at = "system." + i++;
            if (!block.path("type").asString("").equals("text")) {
                throw invalid(at + ".type: Input should be 'text'");
            }
            text(block, at);
        }
    }

    private void sampling() throws RefusedException {
        for (var name : new String[] {"temperature", "top_p", "top_k"}) {
            var value = params.get(name);
            if (value == null) {
                continue;
            }
            if (newRules()) {
                throw invalid(name + ": Extra inputs are not permitted");
            }
            if (!value.isNumber()) {
                throw invalid(name + ": Input should be a valid number");
            }
            if (!name.equals("top_k") && !(value.doubleValue() >= 0 && value.doubleValue() <= 1)) {
                throw invalid(name + ": range: 0..1");
            }
        }
    }

    private void maxTokens(boolean batch) throws RefusedException {
        var value = required("max_tokens");
        if (!value.isIntegralNumber()) {
            throw invalid("max_tokens: Input should be a valid integer");
        }
        if (!value.canConvertToInt() || value.intValue() < (batch ? 1 : 0)) {
            throw invalid(
                    "max_tokens: Input should be greater than or equal to " + (batch ? 1 : 0));
        }
        String model = params.path("model").stringValue();
        var most = models.outputTokensMax(model);
        // Beyond a model's own bound lies only the 300k beta, which a batch alone may use.
        if (most.isPresent() && value.intValue() > (batch ? 300_000 : most.get())) {
            throw invalid(
                    "max_tokens: %d > %d, which is the maximum allowed number of output tokens for %s"
                            .formatted(value.intValue(), most.get(), model));
        }
    }

    private void limitsOnAnswer() throws RefusedException {
        var stops = params.get("stop_sequences");
        if (stops != null && !stops.isNull()) {
            if (!stops.isArray()) {
                throw invalid("stop_sequences: Input should be a valid list");
            }
            int i = 0;
            for (var stop : stops.values()) {
                String at = "stop_sequences." + i++;
                if (!stop.isString()) {
                    throw invalid(at + ": Input should be a valid string");
                }
                if (stop.stringValue().isBlank()) {
                    throw invalid(at + ": each stop sequence must contain non-whitespace");
                }
            }
        }
        var stream = params.get("stream");
        if (stream != null && !stream.isNull() && !stream.isBoolean()) {
            throw invalid("stream: Input should be a valid boolean");
        }
        var metadata = params.get("metadata");
        if (metadata != null && !metadata.isNull() && !metadata.isObject()) {
            throw invalid("metadata: Input should be a valid dictionary");
        }
        if (params.path("max_tokens").intValue() == 0) {
            if (params.path("stream").asBoolean(false)
                    || params.path("thinking").path("type").asString("").equals("enabled")
                    || Shape.schemaOf(params) != null
                    || Set.of("any", "tool")
                            .contains(params.path("tool_choice").path("type").asString(""))) {
                throw invalid(
                        "max_tokens: 0 cannot be combined with stream, thinking, output_config.format"
                                + " or a forced tool_choice");
            }
        }
    }

    private void tools() throws RefusedException {
        var names = new HashSet<String>();
        var tools = params.get("tools");
        if (tools != null && !tools.isNull()) {
            if (!tools.isArray()) {
                throw invalid("tools: Input should be a valid list");
            }
            int i = 0;
            for (var tool : tools.values()) {
                tool(tool, names, "tools." + i++);
            }
        }
        toolChoice(names);
    }

    private static void tool(JsonNode tool, Set<String> names, String at) throws RefusedException {
        if (!tool.isObject()) {
            throw invalid(at + ": Input should be a valid dictionary");
        }
        String type = tool.path("type").asString("custom");
        if (type.equals("mcp_toolset")) {
            return;
        }
        requireString(tool, "name", at);
        String name = tool.path("name").stringValue();
        if (type.equals("custom")) {
            if (!tool.path("input_schema").isObject()) {
                throw invalid(at + ".custom.input_schema: Field required");
            }
            if (!tool.path("input_schema").path("type").asString("").equals("object")) {
                throw invalid(at + ".custom.input_schema.type: Input should be 'object'");
            }
        }
        if (!names.add(name)) {
            throw invalid("tools: Tool names must be unique.");
        }
    }

    private void toolChoice(Set<String> names) throws RefusedException {
        var choice = params.get("tool_choice");
        if (choice == null || choice.isNull()) {
            return;
        }
        String type = choice.path("type").asString("");
        switch (type) {
            case "auto", "none" -> {
                // May stand without tools.
            }
            case "any" -> {
                if (names.isEmpty()) {
                    throw invalid("tool_choice: may only be specified while providing tools");
                }
            }
            case "tool" -> {
                requireString(choice, "name", "tool_choice.tool");
                String name = choice.path("name").stringValue();
                if (!names.contains(name)) {
                    throw invalid("Tool '" + shortened(name) + "' not found in provided tools");
                }
            }
            default ->
                    throw invalid(
                            "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'");
        }
    }

    private void thinking() throws RefusedException {
        var thinking = params.get("thinking");
        if (thinking == null || thinking.isNull()) {
            return;
        }
        String type = thinking.path("type").asString("");
        switch (type) {
            case "adaptive", "disabled", "between_tools" -> {
                // Without further fields that matter here.
            }
            case "enabled" -> {
                var budget = thinking.path("budget_tokens");
                if (!budget.isIntegralNumber()) {
                    throw invalid("thinking.enabled.budget_tokens: Field required");
                }
                if (budget.longValue() < THINKING_TOKENS_MIN) {
                    throw invalid(
                            "thinking.enabled.budget_tokens: Input should be greater than or equal"
                                    + " to 1024");
                }
                var maxTokens = params.path("max_tokens");
                if (maxTokens.isNumber() && budget.longValue() >= maxTokens.longValue()) {
                    throw invalid("`max_tokens` must be greater than `thinking.budget_tokens`");
                }
            }
            default ->
                    throw invalid(
                            "thinking.type: Input should be 'adaptive', 'enabled', 'disabled' or"
                                    + " 'between_tools'");
        }
    }

    private void outputFormat() throws RefusedException {
        format(params.path("output_config").get("format"), "output_config.format");
        format(params.get("output_format"), "output_format");
    }

    private static void format(@Nullable JsonNode format, String at) throws RefusedException {
        if (format == null || format.isNull()) {
            return;
        }
        if (!format.path("type").asString("").equals("json_schema")) {
            throw invalid(at + ".type: Input should be 'json_schema'");
        }
        var schema = format.get("schema");
        if (schema == null) {
            throw invalid(at + ".schema: Field required");
        }
        if (!schema.isObject()) {
            throw invalid(at + ".schema: Input should be a valid dictionary");
        }
    }

    private void cacheBreakpoints() throws RefusedException {
        int found = breakpoints(params.get("tools")) + breakpoints(params.get("system"));
        for (var message : params.path("messages").values()) {
            found += breakpoints(message.get("content"));
        }
        if (params.hasNonNull("cache_control")) {
            found++;
        }
        if (found > CACHE_BREAKPOINTS_MAX) {
            throw invalid(
                    "A maximum of 4 blocks with cache_control may be provided. Found "
                            + found
                            + ".");
        }
    }

    private static int breakpoints(@Nullable JsonNode blocks) throws RefusedException {
        if (blocks == null || !blocks.isArray()) {
            return 0;
        }
        int found = 0;
        for (var block : blocks.values()) {
            var control = block.get("cache_control");
            if (control != null && !control.isNull()) {
                String ttl = control.path("ttl").asString("5m");
                if (!control.path("type").asString("").equals("ephemeral")
                        || !(ttl.equals("5m") || ttl.equals("1h"))) {
                    throw invalid(
                            "cache_control: Input should be {\"type\": \"ephemeral\", \"ttl\": \"5m\""
                                    + " or \"1h\"}");
                }
                found++;
            }
        }
        return found;
    }
}

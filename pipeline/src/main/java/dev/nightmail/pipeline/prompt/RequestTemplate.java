package dev.nightmail.pipeline.prompt;

import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.schema.KeptSchema;
import dev.nightmail.pipeline.schema.SchemaNotes;
import dev.nightmail.pipeline.source.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Builds the {@code params} of a record's request. The same record and the same pipeline give the
 * same bytes.
 */
public final class RequestTemplate {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final byte[] OWN_HEAD =
            "\"messages\":[{\"role\":\"user\",\"content\":".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OWN_TAIL = "}]".getBytes(StandardCharsets.UTF_8);

    private final PipelineDefinition pipeline;
    private final PromptTemplate prompt;

    /**
     * @throws PromptException if the template is not a valid one
     */
    public RequestTemplate(PipelineDefinition pipeline) {
        this.pipeline = pipeline;
        this.prompt =
                new PromptTemplate(
                        pipeline.prompt(), pipeline.truncations(), pipeline.promptWithoutFields());
    }

    /** The user message as the model will read it. */
    public String prompt(SourceRecord record) {
        return prompt.render(record);
    }

    /** Whether any record so far had what a name in the template stands for. */
    public boolean hasFound(String name) {
        return prompt.hasFound(name);
    }

    /**
     * What all requests have in common as the author asks it: the members of a JSON object, UTF-8,
     * without its braces. What is asked is named by this, and not by {@link #sent}: a release that
     * says the same to a model in other words asks nobody again.
     */
    public byte[] shared() {
        return members(withoutMessages());
    }

    /**
     * The same as it is sent: Claude is given no more of a schema than it keeps to, and refuses it
     * otherwise. All of it is held against the answers.
     */
    public byte[] sent() {
        var params = withoutMessages();
        if (pipeline.model().contains("claude")
                && params.at("/output_config/format") instanceof ObjectNode format) {
            format.set("schema", KeptSchema.of(format.path("schema")));
        }
        return members(params);
    }

    private static byte[] members(ObjectNode params) {
        var object = JSON.writeValueAsBytes(params);
        return Arrays.copyOfRange(object, 1, object.length - 1);
    }

    /**
     * The same without what changes how an answer is asked for and not what it answers: the limit
     * of its length, and what the schema says to people. Nothing is sent of it.
     */
    public byte[] sharedQuestion() {
        var params = withoutMessages();
        params.remove("max_tokens");
        if (params.at("/output_config/format") instanceof ObjectNode format) {
            format.set("schema", SchemaNotes.without(format.path("schema")));
        }
        return JSON.writeValueAsBytes(params);
    }

    /**
     * What the params of a record's request have of their own: the member {@code messages}. All
     * params are the {@link #sent} ones, a comma, and these.
     *
     * @throws UnfilledPromptException if the record cannot be asked about
     */
    public byte[] own(SourceRecord record) {
        var text = JSON.writeValueAsBytes(prompt.render(record));
        var own = Arrays.copyOf(OWN_HEAD, OWN_HEAD.length + text.length + OWN_TAIL.length);
        System.arraycopy(text, 0, own, OWN_HEAD.length, text.length);
        System.arraycopy(OWN_TAIL, 0, own, OWN_HEAD.length + text.length, OWN_TAIL.length);
        return own;
    }

    /** Bytes of the system prompt, which repeats in every request and may be cached upstream. */
    public long systemBytes() {
        var system = pipeline.system();
        return system == null ? 0 : system.text().getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * Names everything that shapes the requests: template, system prompt, model, schema, limits,
     * version and betas. Two pipelines of the same version ask the same of the same record.
     */
    public PromptVersion version() {
        return new PromptVersion(ContentHash.of(shape().getBytes(StandardCharsets.UTF_8)).value());
    }

    /** All that a version names, a JSON object. */
    public String shape() {
        var shape = withoutMessages();
        shape.put("prompt", pipeline.prompt());
        var truncate = shape.putObject("truncate");
        pipeline.truncations().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> truncate.put(entry.getKey(), entry.getValue().toString()));
        if (!pipeline.terms().isStandard()) {
            shape.put("terms", pipeline.terms().identity());
        }
        return JSON.writeValueAsString(shape);
    }

    private ObjectNode withoutMessages() {
        var params = JSON.createObjectNode();
        params.put("model", pipeline.model());
        params.put("max_tokens", pipeline.maxTokens());
        var system = pipeline.system();
        if (system != null) {
            var block =
                    params.putArray("system")
                            .addObject()
                            .put("type", "text")
                            .put("text", system.text());
            var cache = system.cache();
            if (cache != null) {
                block.putObject("cache_control")
                        .put("type", "ephemeral")
                        .put("ttl", cache.wireName());
            }
        }
        var output = pipeline.output();
        if (output != null) {
            params.putObject("output_config")
                    .putObject("format")
                    .put("type", "json_schema")
                    .set("schema", output.schema());
        }
        pipeline.params().forEach(params::set);
        return params;
    }
}

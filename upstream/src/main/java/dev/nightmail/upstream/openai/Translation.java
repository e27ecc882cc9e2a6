package dev.nightmail.upstream.openai;

import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import dev.nightmail.upstream.openai.ChatRequest.Purpose;
import org.jspecify.annotations.Nullable;

/** One pass over the fields of a request, in the order in which they are written. */
final class Translation {

    private final Fields params;
    private final ApiVersion version;
    private final Purpose purpose;
    private final JsonWriter out;

    /**
     * @param out gets the request as one object
     */
    Translation(Fields params, ApiVersion version, Purpose purpose, JsonWriter out) {
        this.params = params;
        this.version = version;
        this.purpose = purpose;
        this.out = out;
    }

    ChatRequest translate(MaxTokensField maxTokensField) throws RefusedException {
        out.beginObject();
        var model = params.requireText("model");
        out.name("model").value(model);
        Conversation.write(params, out);
        maxTokens(maxTokensField);
        Tools.write(params, out);
        outputFormat();
        sampling();
        stopSequences();
        metadata();
        boolean showsThinking = thinking();
        boolean stream = params.takeBool("stream");
        if (stream && purpose == Purpose.ANSWER) {
            out.name("stream").value(true);
            out.name("stream_options").beginObject();
            out.name("include_usage").value(true).endObject();
        }
        whatChangesNothing();
        params.requireAllTaken();
        out.endObject();
        return new ChatRequest(out.toByteArray(), model, stream, showsThinking);
    }

    private void maxTokens(MaxTokensField field) throws RefusedException {
        if (purpose == Purpose.COUNT) {
            params.drop("max_tokens");
            return;
        }
        if (!(params.require("max_tokens") instanceof RawJson.Numeral number) || !number.isLong()) {
            throw RefusedException.invalid("max_tokens", "Input should be a valid integer");
        }
        if (number.longValue() < 1) {
            throw RefusedException.invalid(
                    "max_tokens",
                    "Input should be at least 1; the cache of this upstream cannot be warmed up");
        }
        out.name(field.wireName()).value(number);
    }

    private void outputFormat() throws RefusedException {
        var format = format();
        if (format == null) {
            return;
        }
        if (!format.requireText("type").value().equals("json_schema")) {
            throw RefusedException.invalid(format.at("type"), "Input should be 'json_schema'");
        }
        out.name("response_format").beginObject();
        out.name("type").value("json_schema");
        out.name("json_schema").beginObject();
        // The other API wants a name, which a model may get to see.
        out.name("name").value("answer");
        out.name("strict").value(true);
        out.name("schema").value(format.requireObject("schema"));
        out.endObject().endObject();
        format.requireAllTaken();
    }

    /** The two places where a format may stand: the second is that of an older beta. */
    private @Nullable Fields format() throws RefusedException {
        RawJson format = null;
        var config = params.take("output_config");
        if (config != null) {
            var fields = Fields.of("output_config", config);
            format = fields.take("format");
            effort(fields.takeText("effort"));
            fields.requireAllTaken();
        }
        var older = params.take("output_format");
        if (format != null && older != null) {
            throw RefusedException.invalid(
                    "output_format", "there is an output_config.format already");
        }
        if (older != null) {
            return Fields.of("output_format", older);
        }
        return format == null ? null : Fields.of("output_config.format", format);
    }

    private void effort(RawJson.@Nullable Text effort) {
        if (effort != null) {
            out.name("reasoning_effort").value(effort);
        }
    }

    private void sampling() throws RefusedException {
        for (var name : new String[] {"temperature", "top_p", "top_k"}) {
            var number = params.takeNumber(name);
            if (number == null) {
                continue;
            }
            switch (version) {
                // top_k is not OpenAI's, but most servers know it; those that do not say so.
                case V2023_06_01 -> out.name(name).value(number);
                case V2026_10_21 ->
                        throw RefusedException.invalid(
                                name, "not supported since anthropic-version 2026-10-21");
            }
        }
    }

    private void stopSequences() throws RefusedException {
        var stops = params.takeList("stop_sequences");
        if (stops == null || stops.items().isEmpty()) {
            return;
        }
        out.name("stop").beginArray();
        int at = 0;
        for (var stop : stops.items()) {
            out.value(Fields.text("stop_sequences." + at++, stop));
        }
        out.endArray();
    }

    private void metadata() throws RefusedException {
        var metadata = params.take("metadata");
        if (metadata == null) {
            return;
        }
        var fields = Fields.of("metadata", metadata);
        var user = fields.takeText("user_id");
        if (user != null) {
            out.name("user").value(user);
        }
        fields.requireAllTaken();
    }

    /**
     * Whether a model thinks there is its own affair, or its server's. So {@code adaptive}, which
     * leaves it to the model, is what can be asked for: what it thought is then shown.
     */
    private boolean thinking() throws RefusedException {
        var thinking = params.take("thinking");
        if (thinking == null) {
            return false;
        }
        var fields = Fields.of("thinking", thinking);
        var type = fields.requireText("type").value();
        boolean displays = displaysThinking(fields);
        boolean shows =
                switch (type) {
                    case "disabled" -> false;
                    case "adaptive" -> displays;
                    default ->
                            throw RefusedException.noCounterpart(
                                    "thinking.type", "\"" + Fields.shortened(type) + "\"");
                };
        fields.requireAllTaken();
        return shows;
    }

    private static boolean displaysThinking(Fields thinking) throws RefusedException {
        var display = thinking.takeText("display");
        if (display == null) {
            return true;
        }
        return switch (display.value()) {
            // Nobody sums it up there: it is shown as it is.
            case "summarized" -> true;
            case "omitted" -> false;
            default ->
                    throw RefusedException.invalid(
                            thinking.at("display"), "Input should be 'summarized' or 'omitted'");
        };
    }

    private void whatChangesNothing() throws RefusedException {
        // It orders the work before a request gets here. The caches of these servers need no
        // marks.
        params.drop("cache_control");
        oneOf("service_tier", "auto", "standard_only");
        oneOf("inference_geo", "global");
        oneOf("speed", "standard");
    }

    /** A choice that means nothing here as long as it is one of these. */
    private void oneOf(String name, String... values) throws RefusedException {
        var chosen = params.takeText(name);
        if (chosen == null) {
            return;
        }
        String value = chosen.value();
        for (var known : values) {
            if (known.equals(value)) {
                return;
            }
        }
        throw RefusedException.noCounterpart(name, "\"" + Fields.shortened(value) + "\"");
    }
}

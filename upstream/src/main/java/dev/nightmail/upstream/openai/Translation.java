package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import dev.nightmail.upstream.openai.ChatRequest.Purpose;
import dev.nightmail.upstream.openai.ChatRequest.Thinking;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One pass over the fields of a request, in the order in which they are written. */
final class Translation {

    private static final int USER_LENGTH_MAX = 64;

    private final Fields params;
    private final Purpose purpose;
    private final RefusedExtras refused;
    private final JsonWriter out;

    /**
     * @param out gets the request as one object
     */
    Translation(Fields params, Purpose purpose, RefusedExtras refused, JsonWriter out) {
        this.params = params;
        this.purpose = purpose;
        this.refused = refused;
        this.out = out;
    }

    ChatRequest translate(MaxTokensField maxTokensField) throws RefusedException {
        out.beginObject();
        var model = params.requireText("model");
        out.name("model").value(model);
        var extras = new Extras(refused.of(model.value()));
        var callIds = Conversation.write(params, extras, out);
        maxTokens(maxTokensField);
        var tools = Tools.write(params, out);
        outputFormat();
        sampling();
        var stops = stopSequences();
        metadata();
        var thinking = thinking();
        boolean stream = params.takeBool("stream");
        if (purpose == Purpose.ANSWER) {
            stream(stream, extras);
        }
        whatChangesNothing();
        params.requireAllTaken();
        out.endObject();
        return new ChatRequest(
                out.toByteArray(),
                model,
                stream,
                thinking,
                new ChatRequest.Names(tools, callIds, stops),
                extras.used());
    }

    /** Said in either case: some servers stream unless they are told not to. */
    private void stream(boolean stream, Extras extras) {
        out.name("stream").value(stream);
        if (stream && extras.use(Extra.STREAM_OPTIONS)) {
            out.name("stream_options").beginObject();
            out.name("include_usage").value(true).endObject();
        }
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

    /**
     * By any version of the Messages API: that the newest has none of them is a rule about Claude's
     * models. top_k is not OpenAI's either, but most servers know it; those that do not say so.
     */
    private void sampling() throws RefusedException {
        for (var name : new String[] {"temperature", "top_p", "top_k"}) {
            var number = params.takeNumber(name);
            if (number != null) {
                out.name(name).value(number);
            }
        }
    }

    private Set<String> stopSequences() throws RefusedException {
        var asked = new LinkedHashSet<String>();
        var stops = params.takeList("stop_sequences");
        if (stops == null || stops.items().isEmpty()) {
            return asked;
        }
        out.name("stop").beginArray();
        int at = 0;
        for (var stop : stops.items()) {
            var text = Fields.text("stop_sequences." + at++, stop);
            asked.add(text.value());
            out.value(text);
        }
        out.endArray();
        return asked;
    }

    private void metadata() throws RefusedException {
        var metadata = params.take("metadata");
        if (metadata == null) {
            return;
        }
        var fields = Fields.of("metadata", metadata);
        var user = fields.takeText("user_id");
        if (user != null) {
            user(user);
        }
        fields.requireAllTaken();
    }

    /**
     * Servers take no longer ones (OpenAI: 64 characters). Which of them it is does not matter to
     * an answer, only that it is the same each time and no one else's.
     */
    private void user(RawJson.Text user) {
        var value = user.value();
        if (value.length() <= USER_LENGTH_MAX) {
            out.name("user").value(user);
        } else {
            out.name("user").value(sha256(value));
        }
    }

    /** As 64 characters. */
    private static String sha256(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Whether a model thinks there is its own affair, or its server's. So {@code adaptive}, which
     * leaves it to the model, is what can be asked for: what it thought is then shown.
     */
    private Thinking thinking() throws RefusedException {
        var thinking = params.take("thinking");
        if (thinking == null) {
            return Thinking.NONE;
        }
        var fields = Fields.of("thinking", thinking);
        var type = fields.requireText("type").value();
        boolean displays = displaysThinking(fields);
        var wanted =
                switch (type) {
                    case "disabled" -> Thinking.NONE;
                    case "adaptive" -> displays ? Thinking.SHOWN : Thinking.OMITTED;
                    default ->
                            throw RefusedException.noCounterpart(
                                    "thinking.type", "\"" + Fields.shortened(type) + "\"");
                };
        fields.requireAllTaken();
        return wanted;
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
        noEdits();
    }

    /** Without edits it asks for nothing. */
    private void noEdits() throws RefusedException {
        var management = params.take("context_management");
        if (management != null) {
            var fields = Fields.of("context_management", management);
            fields.dropIfEmpty("edits");
            fields.requireAllTaken();
        }
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

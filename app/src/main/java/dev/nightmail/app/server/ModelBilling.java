package dev.nightmail.app.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.usage.AnswerBilling;
import dev.nightmail.wire.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Puts what answers are billed at into descriptions of models, and leaves all else as it came. */
final class ModelBilling {

    private static final String FIELD = "nightmail";

    private final byte[] body;

    /** What is put in, by where: behind the brace that opens a model. */
    private final SortedMap<Integer, String> insertions = new TreeMap<>();

    private ModelBilling(byte[] body) {
        this.body = body;
    }

    /** The description of one model. What is none stays as it is. */
    static byte[] ofOne(byte[] body, Optional<AnswerBilling> billing) {
        return billing.map(known ->
                        new ModelBilling(body)
                                .edited((json, edit) -> edit.model(json, _ -> billing)))
                .orElse(body);
    }

    /** A page of the list of models. What is none stays as it is. */
    static byte[] ofAll(byte[] body, Function<String, Optional<AnswerBilling>> billing) {
        return new ModelBilling(body).edited((json, edit) -> edit.page(json, billing));
    }

    private interface Reading {
        void of(JsonParser json, ModelBilling edit);
    }

    private byte[] edited(Reading reading) {
        try (var json = StrictJson.parser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return body;
            }
            reading.of(json, this);
        } catch (JacksonException _) {
            return body;
        }
        var out = new ByteArrayOutputStream(body.length + 40 * insertions.size());
        int from = 0;
        for (var insertion : insertions.entrySet()) {
            out.write(body, from, insertion.getKey() - from);
            out.writeBytes(insertion.getValue().getBytes(UTF_8));
            from = insertion.getKey();
        }
        out.write(body, from, body.length - from);
        return out.toByteArray();
    }

    private void page(JsonParser json, Function<String, Optional<AnswerBilling>> billing) {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var isData = json.currentName().equals("data");
            if (json.nextToken() != JsonToken.START_ARRAY || !isData) {
                json.skipChildren();
                continue;
            }
            for (var item = json.nextToken();
                    item != JsonToken.END_ARRAY;
                    item = json.nextToken()) {
                if (item == JsonToken.START_OBJECT) {
                    model(json, billing);
                } else {
                    json.skipChildren();
                }
            }
        }
    }

    /** From the brace that opens it to the one that closes it. */
    private void model(JsonParser json, Function<String, Optional<AnswerBilling>> billing) {
        int at = Math.toIntExact(json.currentTokenLocation().getByteOffset()) + 1;
        @Nullable String id = null;
        boolean isTold = false;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            isTold = isTold || name.equals(FIELD);
            if (json.nextToken() == JsonToken.VALUE_STRING && name.equals("id")) {
                id = json.getString();
            }
            json.skipChildren();
        }
        if (id != null && !isTold) {
            billing.apply(id)
                    .ifPresent(known ->
                            insertions.put(
                                    at,
                                    "\"%s\":{\"billing\":\"%s\"},".formatted(FIELD, known.text())));
        }
    }
}

package dev.nightmail.upstream.adapting;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.wire.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;

/** The name of the model in the body of a call. Everything else of the body stays as it came. */
final class ModelName {

    private ModelName() {}

    /**
     * The body with that name in place of its own, wherever it says one. One that is no JSON object
     * stays as it is: whoever is called says what is wrong with it.
     */
    static JsonBytes replaced(JsonBytes body, String model) {
        return Splice.apply(body, splices(body, quoted(model)));
    }

    private static List<Splice> splices(JsonBytes body, String name) {
        var splices = new ArrayList<Splice>();
        try (var json = StrictJson.parser(body.array())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return List.of();
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean model = json.currentName().equals("model");
                json.nextToken();
                if (model) {
                    splices.add(new Splice(Splice.start(json), Splice.end(json), name));
                } else {
                    json.skipChildren();
                }
            }
        } catch (JacksonException _) {
            return List.of();
        }
        return splices;
    }

    private static String quoted(String model) {
        return new String(new JsonWriter(model.length() + 2).value(model).toByteArray(), UTF_8);
    }
}

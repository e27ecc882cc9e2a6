package dev.nightmail.upstream.naming;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** The name of the model in the body of a call. Everything else of the body stays as it came. */
final class ModelName {

    private static final JsonFactory JSON =
            JsonFactory.builder().disable(TokenStreamFactory.Feature.CHARSET_DETECTION).build();

    private ModelName() {}

    /**
     * The body with that name in place of its own, wherever it says one. One that is no JSON object
     * stays as it is: whoever is called says what is wrong with it.
     */
    static JsonBytes replaced(JsonBytes body, String model) {
        var places = places(body.array());
        if (places.isEmpty()) {
            return body;
        }
        var name = quoted(model);
        int length = body.length();
        for (var place : places) {
            length += name.length - (place.end() - place.start());
        }
        var replaced = new byte[length];
        int to = 0;
        int from = 0;
        for (var place : places) {
            System.arraycopy(body.array(), from, replaced, to, place.start() - from);
            to += place.start() - from;
            System.arraycopy(name, 0, replaced, to, name.length);
            to += name.length;
            from = place.end();
        }
        System.arraycopy(body.array(), from, replaced, to, body.length() - from);
        return JsonBytes.of(replaced);
    }

    /** Where a value stands, from its first byte to behind its last. */
    private record Place(int start, int end) {}

    private static List<Place> places(byte[] body) {
        var places = new ArrayList<Place>();
        try (var json = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return List.of();
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean model = json.currentName().equals("model");
                json.nextToken();
                int start = Math.toIntExact(json.currentTokenLocation().getByteOffset());
                if (model) {
                    finish(json);
                    int end = Math.toIntExact(json.currentLocation().getByteOffset());
                    places.add(new Place(start, end));
                } else {
                    json.skipChildren();
                }
            }
        } catch (JacksonException _) {
            return List.of();
        }
        return places;
    }

    /** Takes the parser behind the value: a string is otherwise read only when it is asked for. */
    private static void finish(JsonParser json) {
        json.skipChildren();
        if (json.currentToken().isScalarValue()) {
            var _ = json.getString();
        }
    }

    private static byte[] quoted(String model) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeString(model);
        }
        return text.toString().getBytes(UTF_8);
    }
}

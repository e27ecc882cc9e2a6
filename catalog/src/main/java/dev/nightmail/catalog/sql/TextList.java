package dev.nightmail.catalog.sql;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Lists of texts as the tables hold them: a JSON array. */
public final class TextList {

    private static final JsonFactory JSON = JsonFactory.builder().build();

    private TextList() {}

    public static String write(List<String> texts) {
        var out = new StringWriter();
        try (var json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartArray();
            texts.forEach(json::writeString);
            json.writeEndArray();
        }
        return out.toString();
    }

    public static List<String> read(String array) {
        var texts = new ArrayList<String>();
        try (var json = JSON.createParser(ObjectReadContext.empty(), array)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.VALUE_STRING) {
                texts.add(json.getString());
            }
        }
        return texts;
    }
}

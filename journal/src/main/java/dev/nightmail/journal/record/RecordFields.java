package dev.nightmail.journal.record;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * The fields of a record by name, {@code outer.inner} where they are nested. Those nobody asks for
 * stay unused: a newer program may have written them.
 */
public final class RecordFields {

    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private final Map<String, List<String>> lists = new HashMap<>();
    private final Set<String> flags = new HashSet<>();

    private RecordFields() {}

    /**
     * @throws tools.jackson.core.JacksonException if it is not valid JSON
     */
    public static RecordFields of(byte[] record) {
        var fields = new RecordFields();
        try (var json = RecordJson.FACTORY.createParser(ObjectReadContext.empty(), record)) {
            json.nextToken();
            for (var name = json.nextName(); name != null; name = json.nextName()) {
                fields.collect(json, name);
            }
        }
        return fields;
    }

    private void collect(JsonParser json, String name) {
        switch (json.nextToken()) {
            case VALUE_STRING -> texts.put(name, json.getString());
            case VALUE_NUMBER_INT -> numbers.put(name, json.getLongValue());
            case VALUE_TRUE -> flags.add(name);
            case START_ARRAY -> lists.put(name, list(json));
            case START_OBJECT -> {
                for (var inner = json.nextName(); inner != null; inner = json.nextName()) {
                    collect(json, name + "." + inner);
                }
            }
            case null, default -> json.skipChildren();
        }
    }

    private static List<String> list(JsonParser json) {
        var list = new ArrayList<String>();
        for (var token = json.nextToken();
                token != null && token != JsonToken.END_ARRAY;
                token = json.nextToken()) {
            if (token == JsonToken.VALUE_STRING) {
                list.add(json.getString());
            } else {
                json.skipChildren();
            }
        }
        return list;
    }

    public String text(String name) throws UnreadableRecord {
        var text = texts.get(name);
        if (text == null) {
            throw new UnreadableRecord("has no text " + name);
        }
        return text;
    }

    public @Nullable String textIfAny(String name) {
        return texts.get(name);
    }

    public long number(String name) throws UnreadableRecord {
        var number = numbers.get(name);
        if (number == null) {
            throw new UnreadableRecord("has no number " + name);
        }
        return number;
    }

    /** False if there is no such field, as in a record that was written before there was one. */
    public boolean flag(String name) {
        return flags.contains(name);
    }

    /** Empty if there is no such list. */
    public List<String> texts(String name) {
        return lists.getOrDefault(name, List.of());
    }

    public Instant time(String name) throws UnreadableRecord {
        return Instant.parse(text(name));
    }

    public @Nullable Instant timeIfAny(String name) {
        var text = texts.get(name);
        return text == null ? null : Instant.parse(text);
    }
}

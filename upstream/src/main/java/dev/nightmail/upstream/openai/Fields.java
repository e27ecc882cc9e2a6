package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.json.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of a request that is taken apart field by field. Whatever nobody took is refused by
 * {@link #requireAllTaken}: so nothing is lost on the way because nobody thought of it. A field
 * that is null counts as one that is not there.
 */
final class Fields {

    /** Names of fields go into messages, no longer than this. */
    private static final int NAME_LENGTH_MAX = 64;

    private final String path;
    private final Map<String, RawJson> left;

    private Fields(String path, RawJson.Members object) {
        this.path = path;
        this.left = new LinkedHashMap<>(object.members());
    }

    /** The fields of a whole request. */
    static Fields of(RawJson value) throws RefusedException {
        return of("", value);
    }

    /**
     * @param path of the object, such as {@code messages.0}
     */
    static Fields of(String path, RawJson value) throws RefusedException {
        if (value instanceof RawJson.Members object) {
            return new Fields(path, object);
        }
        throw RefusedException.invalid(
                path.isEmpty() ? "params" : path, "Input should be an object");
    }

    /** The path of one of its fields. */
    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    String path() {
        return path;
    }

    @Nullable RawJson take(String name) {
        var value = left.remove(name);
        return value instanceof RawJson.Null ? null : value;
    }

    RawJson require(String name) throws RefusedException {
        var value = take(name);
        if (value == null) {
            throw RefusedException.invalid(at(name), "Field required");
        }
        return value;
    }

    RawJson.@Nullable Text takeText(String name) throws RefusedException {
        var value = take(name);
        return value == null ? null : text(at(name), value);
    }

    RawJson.Text requireText(String name) throws RefusedException {
        return text(at(name), require(name));
    }

    static RawJson.Text text(String path, RawJson value) throws RefusedException {
        if (value instanceof RawJson.Text text) {
            return text;
        }
        throw RefusedException.invalid(path, "Input should be a valid string");
    }

    RawJson.Members requireObject(String name) throws RefusedException {
        if (require(name) instanceof RawJson.Members object) {
            return object;
        }
        throw RefusedException.invalid(at(name), "Input should be an object");
    }

    RawJson.@Nullable Items takeList(String name) throws RefusedException {
        return switch (take(name)) {
            case null -> null;
            case RawJson.Items list -> list;
            case RawJson _ ->
                    throw RefusedException.invalid(at(name), "Input should be a valid list");
        };
    }

    RawJson.@Nullable Numeral takeNumber(String name) throws RefusedException {
        return switch (take(name)) {
            case null -> null;
            case RawJson.Numeral number -> number;
            case RawJson _ ->
                    throw RefusedException.invalid(at(name), "Input should be a valid number");
        };
    }

    boolean takeBool(String name) throws RefusedException {
        return switch (take(name)) {
            case null -> false;
            case RawJson.Bool(var _, boolean value) -> value;
            case RawJson _ ->
                    throw RefusedException.invalid(at(name), "Input should be a valid boolean");
        };
    }

    /** A field that changes nothing about the answer. */
    void drop(String name) {
        left.remove(name);
    }

    /** A field that changes nothing as long as it holds nothing. */
    void dropIfEmpty(String name) throws RefusedException {
        var value = take(name);
        boolean empty =
                value == null || (value instanceof RawJson.Items list && list.items().isEmpty());
        if (!empty) {
            throw RefusedException.noCounterpart(at(name));
        }
    }

    /**
     * @throws RefusedException that names a field nobody took
     */
    void requireAllTaken() throws RefusedException {
        for (var field : left.entrySet()) {
            if (!(field.getValue() instanceof RawJson.Null)) {
                throw RefusedException.noCounterpart(at(shortened(field.getKey())));
            }
        }
    }

    static String shortened(String name) {
        return name.length() > NAME_LENGTH_MAX ? name.substring(0, NAME_LENGTH_MAX) + "…" : name;
    }
}

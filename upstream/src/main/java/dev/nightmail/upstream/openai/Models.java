package dev.nightmail.upstream.openai;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import dev.nightmail.upstream.wire.ModelQuery;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The models of a server, newest first. */
record Models(List<Model> models) {

    /**
     * @param createdAt the epoch if it is not told
     * @param contextTokens empty if it is not told
     */
    record Model(String id, Instant createdAt, OptionalLong contextTokens) {

        static Model of(String id, RawJson.Members told) {
            return new Model(id, instant(told.count("created").orElse(0)), context(told));
        }

        private static Instant instant(long seconds) {
            try {
                return Instant.ofEpochSecond(seconds);
            } catch (DateTimeException _) {
                return Instant.EPOCH;
            }
        }

        /** vLLM's name for it, then llama.cpp's. */
        private static OptionalLong context(RawJson.Members told) {
            var length = told.count("max_model_len");
            var meta = told.object("meta");
            return length.isEmpty() && meta != null ? meta.count("n_ctx") : length;
        }

        void write(JsonWriter out) {
            out.beginObject();
            out.name("id").value(id);
            out.name("type").value("model");
            out.name("display_name").value(id);
            out.name("created_at").value(createdAt.toString());
            out.name("lifecycle").value("active");
            out.name("deprecated_at").nothing();
            out.name("retires_at").nothing();
            out.name("line").nothing();
            out.name("max_input_tokens");
            if (contextTokens.isPresent()) {
                out.value(contextTokens.getAsLong());
            } else {
                out.nothing();
            }
            out.name("max_tokens").nothing();
            out.name("capabilities").nothing();
            out.endObject();
        }
    }

    Models {
        models = List.copyOf(models);
    }

    /**
     * @return empty if this is not a list of models
     */
    static Optional<Models> read(byte[] body) {
        var list = RawJson.parse(body).flatMap(Models::list);
        if (list.isEmpty()) {
            return Optional.empty();
        }
        var models = new ArrayList<Model>();
        for (var item : list.get()) {
            switch (item) {
                case RawJson.Members model -> {
                    var id = id(model);
                    if (id != null) {
                        models.add(Model.of(id.value(), model));
                    }
                }
                case RawJson.Text name ->
                        models.add(new Model(name.value(), Instant.EPOCH, OptionalLong.empty()));
                case RawJson _ -> {
                    // No model.
                }
            }
        }
        // Stable: where nothing is told of their age they stay as the server has them.
        models.sort(Comparator.comparing(Model::createdAt).reversed());
        return Optional.of(new Models(models));
    }

    /** Most servers put it into an object; without models some say null. */
    private static Optional<List<RawJson>> list(RawJson body) {
        return switch (body) {
            case RawJson.Items bare -> Optional.of(bare.items());
            case RawJson.Members object ->
                    switch (object.members().get("data")) {
                        case RawJson.Items data -> Optional.of(data.items());
                        case RawJson.Null _ -> Optional.of(List.of());
                        case null -> ollamas(object);
                        case RawJson _ -> Optional.empty();
                    };
            case RawJson _ -> Optional.empty();
        };
    }

    private static Optional<List<RawJson>> ollamas(RawJson.Members object) {
        return object.members().get("models") instanceof RawJson.Items models
                ? Optional.of(models.items())
                : Optional.empty();
    }

    private static RawJson.@Nullable Text id(RawJson.Members model) {
        var id = model.text("id");
        return id == null ? model.text("name") : id;
    }

    Optional<JsonBytes> model(String id) {
        return models.stream()
                .filter(model -> model.id().equals(id))
                .findFirst()
                .map(model -> {
                    var out = new JsonWriter(256);
                    model.write(out);
                    return JsonBytes.of(out.toByteArray());
                });
    }

    /**
     * One page of the list, in the shape of the Messages API.
     *
     * @throws IllegalArgumentException if it begins at a model that is not there
     */
    JsonBytes page(ModelQuery query) {
        var page =
                query.page(query.lifecycles().contains("active") ? models : List.of(), Model::id);
        return page(page.models(), page.more());
    }

    private static JsonBytes page(List<Model> shown, boolean more) {
        var out = new JsonWriter(64 + shown.size() * 256);
        out.beginObject();
        out.name("data").beginArray();
        shown.forEach(model -> model.write(out));
        out.endArray();
        out.name("has_more").value(more);
        cursor(out.name("first_id"), shown.isEmpty() ? null : shown.getFirst());
        cursor(out.name("last_id"), shown.isEmpty() ? null : shown.getLast());
        out.endObject();
        return JsonBytes.of(out.toByteArray());
    }

    private static void cursor(JsonWriter out, @Nullable Model model) {
        if (model == null) {
            out.nothing();
        } else {
            out.value(model.id());
        }
    }
}

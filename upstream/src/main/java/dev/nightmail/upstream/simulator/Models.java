package dev.nightmail.upstream.simulator;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.upstream.wire.ModelQuery;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The models the simulator says it has, from {@code models.json} beside this class: those of today,
 * and those that are retired, by whose names older programs ask.
 */
final class Models {

    private final List<JsonNode> newestFirst = new ArrayList<>();
    private final Map<String, JsonNode> byName = new LinkedHashMap<>();

    Models(JsonMapper json) {
        for (var entry : read(json).path("models").values()) {
            newestFirst.add(entry.path("info"));
            byName.put(entry.path("info").path("id").stringValue(), entry);
            for (var alias : entry.path("aliases").values()) {
                byName.put(alias.stringValue(), entry);
            }
        }
    }

    private static JsonNode read(JsonMapper json) {
        try (InputStream in = Models.class.getResourceAsStream("models.json")) {
            if (in == null) {
                throw new IllegalStateException("models.json is missing from the build");
            }
            return json.readTree(in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("models.json cannot be read", e);
        }
    }

    boolean has(String model) {
        return byName.containsKey(model);
    }

    /** From how many tokens on a prefix is cached, by every name of a model. */
    Map<String, Integer> cacheableTokensMin() {
        var tokens = new LinkedHashMap<String, Integer>();
        byName.forEach(
                (name, entry) -> tokens.put(name, entry.path("cacheable_tokens_min").intValue()));
        return tokens;
    }

    /** Whether the last message may be the beginning of the answer. Unknown models take it. */
    boolean takesPrefill(String model) {
        return entry(model).map(entry -> entry.path("takes_prefill").booleanValue()).orElse(true);
    }

    /** The most a model can write, if that is known. */
    Optional<Integer> outputTokensMax(String model) {
        return entry(model)
                .map(entry -> entry.path("info").path("max_tokens"))
                .filter(JsonNode::isNumber)
                .map(JsonNode::intValue);
    }

    private Optional<JsonNode> entry(String model) {
        return Optional.ofNullable(byName.get(model));
    }

    JsonNode retrieve(String model) throws RefusedException {
        return entry(model)
                .map(entry -> entry.path("info"))
                .orElseThrow(
                        () -> new RefusedException(ErrorType.NOT_FOUND_ERROR, "model: " + model));
    }

    /** A page of the list. */
    JsonNode list(String query) throws RefusedException {
        try {
            var asked = ModelQuery.parse(query).withIds(this::idOf);
            var page = asked.page(in(asked.lifecycles()), info -> info.path("id").stringValue());
            return page(page.models(), page.more());
        } catch (IllegalArgumentException e) {
            throw RefusedException.invalid(String.valueOf(e.getMessage()));
        }
    }

    private List<JsonNode> in(Set<String> lifecycles) {
        return newestFirst.stream()
                .filter(info -> lifecycles.contains(info.path("lifecycle").stringValue()))
                .toList();
    }

    private String idOf(String name) {
        return entry(name).map(entry -> entry.path("info").path("id").stringValue()).orElse(name);
    }

    private static JsonNode page(List<JsonNode> models, boolean more) {
        var page = JsonNodeFactory.instance.objectNode();
        page.putArray("data").addAll(models);
        page.put("has_more", more);
        page.put("first_id", models.isEmpty() ? null : models.getFirst().path("id").stringValue());
        page.put("last_id", models.isEmpty() ? null : models.getLast().path("id").stringValue());
        return page;
    }
}

package dev.nightmail.upstream.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.error.ErrorType;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** The models the simulator says it has, from {@code models.json} beside this class. */
final class Models {

    private static final int LIMIT_USUAL = 20;
    private static final int LIMIT_MAX = 1000;
    private static final Set<String> LIFECYCLES = Set.of("active", "deprecated", "retired");

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
        var asked = PageQuery.parse(query);
        var matching =
                newestFirst.stream()
                        .filter(info ->
                                asked.lifecycles.contains(info.path("lifecycle").stringValue()))
                        .toList();
        int from = 0;
        int to = matching.size();
        boolean more;
        if (asked.beforeId != null) {
            to = position(matching, asked.beforeId, "before_id");
            from = Math.max(0, to - asked.limit);
            more = from > 0;
        } else {
            if (asked.afterId != null) {
                from = position(matching, asked.afterId, "after_id") + 1;
            }
            to = Math.min(matching.size(), from + asked.limit);
            more = to < matching.size();
        }
        return page(matching.subList(from, to), more);
    }

    private int position(List<JsonNode> models, String id, String parameter)
            throws RefusedException {
        String canonical =
                entry(id).map(entry -> entry.path("info").path("id").stringValue()).orElse(id);
        for (int i = 0; i < models.size(); i++) {
            if (models.get(i).path("id").stringValue().equals(canonical)) {
                return i;
            }
        }
        throw RefusedException.invalid(parameter + ": no model of that id is in this list");
    }

    private static JsonNode page(List<JsonNode> models, boolean more) {
        var page = JsonNodeFactory.instance.objectNode();
        page.putArray("data").addAll(models);
        page.put("has_more", more);
        page.put("first_id", models.isEmpty() ? null : models.getFirst().path("id").stringValue());
        page.put("last_id", models.isEmpty() ? null : models.getLast().path("id").stringValue());
        return page;
    }

    private static final class PageQuery {
        private int limit = LIMIT_USUAL;
        private @Nullable String afterId;
        private @Nullable String beforeId;
        private Set<String> lifecycles = Set.of("active", "deprecated");

        static PageQuery parse(String query) throws RefusedException {
            var parsed = new PageQuery();
            var lifecycles = new HashSet<String>();
            for (var pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
                String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
                switch (name) {
                    case "limit" -> parsed.limit = limit(value);
                    case "after_id" -> parsed.afterId = value;
                    case "before_id" -> parsed.beforeId = value;
                    case "lifecycle", "lifecycle[]" -> {
                        if (!LIFECYCLES.contains(value)) {
                            throw RefusedException.invalid(
                                    "lifecycle: Input should be 'active', 'deprecated' or 'retired'");
                        }
                        lifecycles.add(value);
                    }
                    default -> {
                        // Parameters of other versions (beta=true) change nothing here.
                    }
                }
            }
            if (parsed.afterId != null && parsed.beforeId != null) {
                throw RefusedException.invalid("after_id and before_id cannot be used together");
            }
            if (!lifecycles.isEmpty()) {
                parsed.lifecycles = lifecycles;
            }
            return parsed;
        }

        private static String decoded(String text) throws RefusedException {
            try {
                return URLDecoder.decode(text, UTF_8);
            } catch (IllegalArgumentException _) {
                throw RefusedException.invalid("the query string is not percent-encoded properly");
            }
        }

        private static int limit(String value) throws RefusedException {
            try {
                int limit = Integer.parseInt(value);
                if (limit >= 1 && limit <= LIMIT_MAX) {
                    return limit;
                }
            } catch (NumberFormatException _) {
                // Said below.
            }
            throw RefusedException.invalid("limit: Input should be a number from 1 to 1000");
        }
    }
}

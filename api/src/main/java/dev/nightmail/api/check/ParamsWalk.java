package dev.nightmail.api.check;

import dev.nightmail.api.json.JsonScanner;
import dev.nightmail.api.json.JsonScanner.Kind;
import dev.nightmail.core.request.ApiVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** One pass over the params of one request. */
final class ParamsWalk {

    private static final int MODEL_BYTES_MAX = 256;
    private static final int MESSAGES_MAX = 100_000;
    private static final int VALUE_BYTES_MAX = 64;

    private final JsonScanner json;
    private final ApiVersion version;
    private final Predicate<String> sampled;
    private final Problems problems;
    private final List<String> sampling = new ArrayList<>(0);
    private String model = "";
    private boolean hasModel;
    private boolean hasMaxTokens;
    private boolean hasMessages;

    /**
     * @param sampled whether a model takes {@code temperature} and its like by any version
     */
    ParamsWalk(JsonScanner json, ApiVersion version, Predicate<String> sampled, Problems problems) {
        this.json = json;
        this.version = version;
        this.sampled = sampled;
        this.problems = problems;
    }

    void walk() {
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            switch (name) {
                case "model" -> model();
                case "max_tokens" -> maxTokens();
                case "messages" -> messages();
                case "stream" -> stream();
                case "research_preview_2026_02" -> researchPreview();
                case "speed",
                        "store",
                        "thread",
                        "previous_thread_event_id",
                        "cache_hint",
                        "context_hint",
                        "fallbacks" ->
                        notInBatches(name);
                case "temperature", "top_p", "top_k" -> {
                    sampling.add(name);
                    json.skip();
                }
                default -> json.skip();
            }
        }
        sampling();
        require("model", hasModel);
        require("max_tokens", hasMaxTokens);
        require("messages", hasMessages);
    }

    private void require(String field, boolean present) {
        if (!present) {
            problems.add(field, "Field required");
        }
    }

    private void model() {
        hasModel = true;
        if (!is(Kind.STRING, "model", "Input should be a valid string")) {
            return;
        }
        var named = json.string(MODEL_BYTES_MAX);
        if (named == null) {
            problems.add("model", "String should have at most " + MODEL_BYTES_MAX + " bytes");
        } else if (named.isEmpty()) {
            problems.add("model", "String should have at least 1 character");
        } else {
            model = named;
        }
    }

    private void maxTokens() {
        hasMaxTokens = true;
        if (!is(Kind.NUMBER, "max_tokens", "Input should be a valid integer")) {
            return;
        }
        double maxTokens = json.number();
        if (maxTokens != Math.rint(maxTokens)) {
            problems.add("max_tokens", "Input should be a valid integer");
        } else if (maxTokens < 1) {
            problems.add(
                    "max_tokens",
                    "Input should be at least 1; a cache cannot be warmed up by a batch");
        }
    }

    private void messages() {
        hasMessages = true;
        if (!is(Kind.ARRAY, "messages", "Input should be a list")) {
            return;
        }
        int count = 0;
        json.beginArray();
        while (json.nextElement()) {
            switch (version) {
                case V2023_06_01 -> json.skip();
                case V2026_10_21 -> new MessageWalk(json, count, problems).walk();
            }
            count++;
        }
        if (count == 0) {
            problems.add("messages", "at least one message is required");
        } else if (count > MESSAGES_MAX) {
            problems.add("messages", "List should have at most " + MESSAGES_MAX + " items");
        }
    }

    private void stream() {
        if (json.kind() == Kind.TRUE) {
            problems.add("stream", "a batch does not stream");
        }
        json.skip();
    }

    private void researchPreview() {
        if (json.kind() != Kind.STRING) {
            json.skip();
        } else if ("active".equals(json.string(VALUE_BYTES_MAX))) {
            problems.add("research_preview_2026_02", "not supported in batches");
        }
    }

    private void notInBatches(String name) {
        if (json.kind() != Kind.NULL) {
            problems.add(name, "not supported in batches");
        }
        json.skip();
    }

    private void sampling() {
        switch (version) {
            case V2023_06_01 -> {}
            case V2026_10_21 -> {
                if (!sampling.isEmpty() && !sampled.test(model)) {
                    sampling.forEach(name ->
                            problems.add(name, "not supported since anthropic-version 2026-10-21"));
                }
            }
        }
    }

    /** Whether the value that comes next is of this kind; if not, it is a problem and taken. */
    private boolean is(Kind kind, String field, String problem) {
        if (json.kind() == kind) {
            return true;
        }
        problems.add(field, problem);
        json.skip();
        return false;
    }
}

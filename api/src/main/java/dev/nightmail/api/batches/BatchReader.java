package dev.nightmail.api.batches;

import dev.nightmail.api.json.JsonScanner;
import dev.nightmail.api.json.JsonScanner.Kind;
import dev.nightmail.api.json.MalformedJsonException;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.journal.BatchDraft;
import dev.nightmail.core.request.Breakpoint;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestSummary;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a create call into a draft, request by request, as it comes in. What is wrong
 * with the envelope is gathered to the end of the body; from the first such finding on nothing more
 * goes to the draft. What is wrong inside {@code params} is no matter of ours, but for {@code
 * stream}: it is found when the request's turn comes. One body, one thread.
 */
final class BatchReader {

    /** Longer names of models are nobody's. */
    static final int MODEL_BYTES_MAX = 256;

    /** A batch keeps the names of its models in memory while it runs. */
    static final int MODELS_MAX = 1_000;

    /** As written, escapes and all; what is longer is refused anyway. */
    private static final int CUSTOM_ID_BYTES_MAX = 1_024;

    private static final int SHOWN_LENGTH_MAX = 80;
    private static final int BYTES_PER_TOKEN = 4;

    private final JsonScanner json;
    private final BatchDraft draft;
    private final int requestsMax;
    private final int paramsBytesMax;
    private final CustomIds customIds;
    private final Offenses offenses = new Offenses();
    private final Set<String> models = new HashSet<>();
    private int number;
    private Item item = new Item();

    /** What has been seen of the request that is being read. */
    private static final class Item {
        boolean hasCustomId;
        boolean hasParams;
        @Nullable String customId;
        boolean paramsAreObject;
        String model = "";
        int outputTokensMax;
        PromptParts parts = new PromptParts();
        boolean isMarked;
    }

    BatchReader(
            JsonScanner json, BatchDraft draft, int requestsMax, int paramsBytesMax, long seed) {
        this.json = json;
        this.draft = draft;
        this.requestsMax = requestsMax;
        this.paramsBytesMax = paramsBytesMax;
        this.customIds = new CustomIds(seed);
    }

    /**
     * Reads the body to its end.
     *
     * @throws ApiError if it is not a batch; the draft then holds some part of it and must be
     *     dropped
     */
    void read() {
        try {
            if (json.kind() != Kind.OBJECT) {
                throw ApiError.invalid("the body: Input should be an object");
            }
            body();
            json.end();
        } catch (MalformedJsonException e) {
            throw ApiError.invalid("the body is not valid JSON: " + e.getMessage());
        }
        if (offenses.any()) {
            throw offenses.toError();
        }
    }

    private void body() {
        boolean hasRequests = false;
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            if (!name.equals("requests")) {
                offenses.add(shown(name) + ": Extra inputs are not permitted");
                json.skip();
            } else if (hasRequests) {
                offenses.add("requests: given twice");
                json.skip();
            } else {
                hasRequests = true;
                requests();
            }
        }
        if (!hasRequests) {
            offenses.add("requests: Field required");
        }
    }

    private void requests() {
        if (json.kind() != Kind.ARRAY) {
            offenses.add("requests: Input should be a list");
            json.skip();
            return;
        }
        json.beginArray();
        while (json.nextElement()) {
            if (number < requestsMax) {
                request();
            } else {
                json.skip();
            }
            number++;
        }
        if (number == 0) {
            offenses.add("requests: List should have at least 1 item after validation, not 0");
        }
        if (number > requestsMax) {
            offenses.add(
                    "requests: List should have at most %d items after validation, not %d"
                            .formatted(requestsMax, number));
        }
    }

    private void request() {
        if (json.kind() != Kind.OBJECT) {
            offend("", "Input should be an object");
            json.skip();
            return;
        }
        item = new Item();
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            switch (name) {
                case "custom_id" -> customId();
                case "params" -> params();
                default -> {
                    offend("." + shown(name), "Extra inputs are not permitted");
                    json.skip();
                }
            }
        }
        if (!item.hasCustomId) {
            offend(".custom_id", "Field required");
        }
        if (!item.hasParams) {
            offend(".params", "Field required");
        }
        add();
        json.dropSlice();
    }

    private void customId() {
        if (item.hasCustomId) {
            offend(".custom_id", "given twice");
            json.skip();
            return;
        }
        item.hasCustomId = true;
        if (json.kind() != Kind.STRING) {
            offend(".custom_id", "Input should be a valid string");
            json.skip();
            return;
        }
        var customId = json.string(CUSTOM_ID_BYTES_MAX);
        if (customId == null || customId.length() > CustomId.LENGTH_MAX) {
            offend(".custom_id", "String should have at most 64 characters" + got(customId));
        } else if (!CustomId.isValid(customId)) {
            offend(
                    ".custom_id",
                    "String should match pattern '^[a-zA-Z0-9_-]{1,64}$'" + got(customId));
        } else {
            int earlier = customIds.add(customId, number);
            if (earlier >= 0) {
                offend(
                        ".custom_id",
                        "'%s' is already the custom_id of requests.%d"
                                .formatted(customId, earlier));
            }
            item.customId = customId;
        }
    }

    private void params() {
        if (item.hasParams) {
            offend(".params", "given twice");
            json.skip();
            return;
        }
        item.hasParams = true;
        if (json.kind() != Kind.OBJECT) {
            offend(".params", "Input should be an object");
            json.skip();
            return;
        }
        item.paramsAreObject = true;
        json.beginSlice();
        json.watchFor(PromptPrefixes.MARK);
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            switch (name) {
                case PromptPrefixes.MARK -> {
                    item.isMarked = true;
                    json.skip();
                }
                case "max_tokens" -> maxTokens();
                case "stream" -> stream();
                default -> promptPart(name);
            }
        }
        json.endSlice();
        item.isMarked |= json.sawWatchedName();
    }

    private void promptPart(String name) {
        json.kind();
        int from = json.slicePosition();
        if (name.equals("model")) {
            model();
        } else {
            json.skip();
        }
        if (PromptParts.isPart(name)) {
            item.parts.add(name, new PromptParts.Part(from, json.slicePosition()));
        }
    }

    /** Only a request that marks something is looked through again. */
    private List<Breakpoint> breakpoints() {
        return item.isMarked
                ? PromptPrefixes.of(json.sliceArray(), json.sliceOffset(), json.sliceLength())
                : item.parts.unmarked(json.sliceArray(), json.sliceOffset());
    }

    private void model() {
        item.model = "";
        if (json.kind() != Kind.STRING) {
            json.skip();
            return;
        }
        var model = json.string(MODEL_BYTES_MAX);
        if (model == null) {
            return;
        }
        item.model = model;
        if (models.size() <= MODELS_MAX && models.add(model) && models.size() > MODELS_MAX) {
            offend(".params.model", "a batch may name at most " + MODELS_MAX + " different models");
        }
    }

    private void maxTokens() {
        item.outputTokensMax = 0;
        if (json.kind() != Kind.NUMBER) {
            json.skip();
            return;
        }
        double maxTokens = json.number();
        if (maxTokens >= 1 && maxTokens <= Integer.MAX_VALUE) {
            item.outputTokensMax = (int) maxTokens;
        }
    }

    private void stream() {
        if (json.kind() == Kind.TRUE) {
            offend(".params.stream", "a batch does not stream; leave it out or set it to false");
        }
        json.skip();
    }

    private void add() {
        if (!item.paramsAreObject) {
            return;
        }
        if (!json.hasSlice() || json.sliceLength() > paramsBytesMax) {
            offend(".params", "one request may have at most %d bytes".formatted(paramsBytesMax));
        }
        var customId = item.customId;
        if (offenses.any() || customId == null) {
            return;
        }
        var summary =
                new RequestSummary(
                        item.model,
                        json.sliceLength() / BYTES_PER_TOKEN,
                        item.outputTokensMax,
                        breakpoints());
        draft.add(
                new CustomId(customId),
                summary,
                json.sliceArray(),
                json.sliceOffset(),
                json.sliceLength());
    }

    private void offend(String field, String problem) {
        offenses.add("requests." + number + field + ": " + problem);
    }

    private static String got(@Nullable String value) {
        return value == null ? "" : ", got '" + shown(value) + "'";
    }

    /** Short enough for an error message, on one line. */
    private static String shown(String text) {
        var shown =
                text.length() > SHOWN_LENGTH_MAX ? text.substring(0, SHOWN_LENGTH_MAX) + "…" : text;
        var clean = new StringBuilder(shown.length());
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            clean.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        return clean.toString();
    }
}

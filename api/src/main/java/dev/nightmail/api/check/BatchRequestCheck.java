package dev.nightmail.api.check;

import dev.nightmail.api.json.JsonScanner;
import dev.nightmail.api.json.JsonScanner.Kind;
import dev.nightmail.api.json.MalformedJsonException;
import dev.nightmail.api.wire.WireJson;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.request.RequestCheck;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Refuses what no request of a batch may ask, and what the generation of the API it was created
 * with no longer knows. One pass over the bytes, a few microseconds for a request of usual size.
 */
public final class BatchRequestCheck implements RequestCheck {

    private final Predicate<String> sampled;

    /**
     * @param sampled whether a model takes {@code temperature}, {@code top_p} and {@code top_k} by
     *     any version: that the newest has none of them is a rule about Claude's models
     */
    public BatchRequestCheck(Predicate<String> sampled) {
        this.sampled = sampled;
    }

    /** For Claude's models. */
    public BatchRequestCheck() {
        this(_ -> false);
    }

    @Override
    public Optional<JsonBytes> problem(JsonBytes params, ApiVersion version) {
        var problems = new Problems();
        try {
            var json = JsonScanner.of(params.array(), 0, params.length());
            if (json.kind() == Kind.OBJECT) {
                new ParamsWalk(json, version, sampled, problems).walk();
                json.end();
            } else {
                problems.add("params", "Input should be an object");
            }
        } catch (MalformedJsonException e) {
            problems.add("params", "not valid JSON: " + e.getMessage());
        }
        return problems.text()
                .map(text -> WireJson.error(ErrorType.INVALID_REQUEST_ERROR, text, null, null))
                .map(JsonBytes::of);
    }
}

package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.ScalarKind;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.client.CallTerms;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What else a request says: the model, its limits, and what is handed on as it is. */
final class RequestKeys {

    /** The largest output any model has, with the 300k beta (wire contract, section 1.5). */
    private static final int MAX_TOKENS_MAX = 300_000;

    /** What the reader itself puts into a request, and what a batch refuses. */
    private static final Set<String> RESERVED_PARAMS =
            Set.of("model", "max_tokens", "system", "messages", "output_config", "stream");

    private static final Pattern VERSION = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    static final Key<String> MODEL =
            Key.of("model", Kinds.text(), "The model's name, passed on as it is.")
                    .required("give a model such as claude-haiku-4-5");
    static final Key<Integer> MAX_TOKENS =
            Key.of(
                            "max_tokens",
                            Kinds.wholeNumber(1, MAX_TOKENS_MAX),
                            "The longest answer, in tokens.")
                    .required("give the longest answer in tokens");
    static final Key<List<String>> BETAS =
            Key.of(
                    "betas",
                    new BetaNames(),
                    "Names of betas, sent as anthropic-beta with every create and the free calls before it.");
    static final Key<String> VERSION_KEY =
            Key.of(
                            "anthropic-version",
                            version(),
                            "The API version, sent as anthropic-version with the same calls.")
                    .orElse(CallTerms.VERSION);
    static final Key<Map<String, JsonNode>> PARAMS =
            Key.of(
                    "params",
                    Kinds.named(
                            Kinds.anything(),
                            "{ temperature: 0 }",
                            RESERVED_PARAMS,
                            "cannot be set here: the pipeline sets it, or a batch does not know it"),
                    "Further request parameters, passed on as they are.");

    private RequestKeys() {}

    static Map<String, JsonNode> params(YamlSection root) {
        var params = root.read(PARAMS);
        return params == null ? Map.of() : params;
    }

    static CallTerms terms(YamlSection root) {
        var betas = root.read(BETAS);
        return new CallTerms(root.valueOf(VERSION_KEY), betas == null ? List.of() : betas);
    }

    static int maxTokens(YamlSection root) {
        @Nullable Integer maxTokens = root.read(MAX_TOKENS);
        return maxTokens == null ? 1 : maxTokens;
    }

    private static ScalarKind<String> version() {
        return new ScalarKind<>(
                "the date of a version like 2023-06-01",
                JsonNode::isString,
                text -> isDate(text) ? Optional.of(text) : Optional.empty(),
                schema -> schema.put("type", "string").put("pattern", "^" + VERSION + "$"));
    }

    private static boolean isDate(String text) {
        try {
            return VERSION.matcher(text).matches() && LocalDate.parse(text).getYear() > 0;
        } catch (DateTimeException _) {
            return false;
        }
    }
}

package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kind;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.ScalarKind;
import dev.nightmail.config.section.TextOrSection;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.cost.CacheTtl;
import dev.nightmail.pipeline.template.TemplateSyntax;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code system}, {@code prompt} and what belongs to them: what a model reads. */
final class PromptSection {

    private static final Pattern TOKENS = Pattern.compile("([0-9]{1,9}) tokens?");

    private static final Key<String> FILE =
            Key.of("file", Kinds.text(), "A text file in UTF-8, from the pipeline's folder.");
    private static final Key<String> TEXT = Key.of("text", Kinds.text(), "The text itself.");
    private static final Key<CacheTtl> CACHE =
            Key.of(
                    "cache",
                    Kinds.choice(ttls()),
                    "How long the upstream is asked to keep it in its prompt cache.");

    static final Key<TextOrSection> SYSTEM =
            Key.of(
                            "system",
                            Kinds.textOrSection(
                                    Keys.of(FILE, TEXT, CACHE).withOneOf(FILE, TEXT),
                                    "{ file: rubric.md, cache: 1h }"),
                            "What every request says first: a text, or a file.")
                    .asWritten();
    static final Key<TextOrSection> PROMPT =
            Key.of(
                            "prompt",
                            Kinds.textOrSection(
                                    Keys.of(FILE, TEXT).withOneOf(FILE, TEXT),
                                    "{ file: prompt.md }"),
                            "A Mustache template over the record's fields: a text, or a file.")
                    .required("give the template, or { file: … }")
                    .asWritten();
    static final Key<Boolean> WITHOUT_FIELDS =
            Key.of("prompt-without-fields", Kinds.flag(), "The prompt names no field on purpose.")
                    .orElse(false);
    static final Key<Map<String, Truncation>> TRUNCATE =
            Key.of(
                    "truncate",
                    Kinds.named(truncation(), "{ text: 2000 } or { text: \"600 tokens\" }"),
                    "How much of a field the template sees, by its name: characters (2000) or tokens (\"600 tokens\").");

    private PromptSection() {}

    static @Nullable SystemPrompt system(YamlSection root, ReferencedFiles files) {
        return switch (root.read(SYSTEM)) {
            case null -> null;
            case TextOrSection.Text(var text) -> new SystemPrompt(text, null);
            case TextOrSection.Section(var section) -> {
                var text = inlineOrFile(section, root, SYSTEM, files);
                var cache = section.read(CACHE);
                yield text == null ? null : new SystemPrompt(text, cache);
            }
        };
    }

    /** The template, checked as far as it can be without a record. */
    static @Nullable String prompt(YamlSection root, ReferencedFiles files) {
        boolean withoutFields = root.valueOf(WITHOUT_FIELDS);
        var template =
                switch (root.read(PROMPT)) {
                    case null -> null;
                    case TextOrSection.Text(var text) -> text;
                    case TextOrSection.Section(var section) ->
                            inlineOrFile(section, root, PROMPT, files);
                };
        if (template != null) {
            TemplateSyntax.problems(template, withoutFields)
                    .forEach(problem -> root.problem(PROMPT.name(), problem));
        }
        return template;
    }

    private static @Nullable String inlineOrFile(
            YamlSection section, YamlSection root, Key<?> key, ReferencedFiles files) {
        if (section.has(TEXT.name()) == section.has(FILE.name())) {
            root.problem(key.name(), "needs exactly one of file and text");
            return null;
        }
        if (section.has(TEXT.name())) {
            return section.read(TEXT);
        }
        var named = section.read(FILE);
        return named == null ? null : files.text(section, FILE.name(), named);
    }

    static Map<String, Truncation> truncations(YamlSection root) {
        var truncations = root.read(TRUNCATE);
        return truncations == null ? Map.of() : truncations;
    }

    private static Map<String, CacheTtl> ttls() {
        var ttls = new LinkedHashMap<String, CacheTtl>();
        for (var ttl : CacheTtl.values()) {
            ttls.put(ttl.wireName(), ttl);
        }
        return ttls;
    }

    private static Kind<Truncation> truncation() {
        return new ScalarKind<>(
                "a number of characters like 2000, or a text like \"600 tokens\"",
                node -> node.isIntegralNumber() || isTokens(node),
                PromptSection::truncation,
                PromptSection::describeTruncation);
    }

    private static boolean isTokens(JsonNode node) {
        return node.isString() && TOKENS.matcher(node.stringValue().strip()).matches();
    }

    private static Optional<Truncation> truncation(String text) {
        var tokens = TOKENS.matcher(text.strip());
        try {
            int max = Integer.parseInt(tokens.matches() ? tokens.group(1) : text.strip());
            if (max < 1) {
                return Optional.empty();
            }
            return Optional.of(
                    tokens.matches() ? new Truncation.Tokens(max) : new Truncation.Characters(max));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static void describeTruncation(ObjectNode schema) {
        schema.putArray("type").add("integer").add("string");
        schema.put("minimum", 1).put("maximum", Integer.MAX_VALUE);
        schema.put("pattern", "^\\s*0*[1-9][0-9]{0,8} tokens?\\s*$");
    }
}

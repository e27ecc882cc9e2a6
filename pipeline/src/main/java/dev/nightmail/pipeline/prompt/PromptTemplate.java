package dev.nightmail.pipeline.prompt;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import dev.nightmail.pipeline.cost.TokenEstimate;
import dev.nightmail.pipeline.definition.Truncation;
import dev.nightmail.pipeline.source.SourceRecord;
import dev.nightmail.pipeline.template.TemplateSyntax;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The Mustache template of a pipeline. Nothing is escaped, since a prompt is no web page. An empty
 * field (null) shows as nothing; a record that lacks a name is not asked, since a prompt with a
 * hole in it costs as much as a whole one. One thread.
 */
final class PromptTemplate {

    private final Template template;
    private final Map<String, Truncation> truncations;
    private final Set<String> found = new HashSet<>();

    /**
     * @param withoutFields whether a template that shows nothing of a record is meant
     */
    PromptTemplate(String text, Map<String, Truncation> truncations, boolean withoutFields) {
        this.truncations = truncations;
        var problems = TemplateSyntax.problems(text, withoutFields);
        if (!problems.isEmpty()) {
            throw new PromptException("prompt: " + String.join("; ", problems), null);
        }
        this.template =
                TemplateSyntax.compiler().withCollector(new FieldsOnly(found)).compile(text);
    }

    /**
     * @throws UnfilledPromptException if the record lacks a field, or leaves the prompt empty
     */
    String render(SourceRecord record) {
        var fields = truncations.isEmpty() ? record.fields() : truncated(record);
        String rendered;
        try {
            rendered = template.execute(fields);
        } catch (MustacheException.Context e) {
            throw new UnfilledPromptException(
                    "prompt: line "
                            + e.lineNo
                            + " of the template names "
                            + e.key
                            + ", and "
                            + fieldsOf(record),
                    "it has no field " + e.key + ", which the prompt names",
                    e.key,
                    e);
        } catch (MustacheException e) {
            throw new UnfilledPromptException(
                    "prompt: cannot be filled for record " + record.id(),
                    "the prompt cannot be filled with it",
                    null,
                    e);
        }
        if (rendered.isBlank()) {
            throw new UnfilledPromptException(
                    "prompt: is empty for record "
                            + record.id()
                            + ": leave such records out in the source",
                    "its prompt is empty",
                    null,
                    null);
        }
        return rendered;
    }

    /**
     * Whether any record so far had what a name stands for.
     *
     * @param name of a field, or of a field in a field ({@code author.name})
     */
    boolean hasFound(String name) {
        return found.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    private Map<String, @Nullable Object> truncated(SourceRecord record) {
        var fields = new LinkedHashMap<String, @Nullable Object>(record.fields());
        for (var entry : truncations.entrySet()) {
            if (!fields.containsKey(entry.getKey())) {
                throw new UnfilledPromptException(
                        "truncate." + entry.getKey() + ": is no field: " + fieldsOf(record),
                        "it has no field " + entry.getKey() + ", which truncate names",
                        entry.getKey(),
                        null);
            }
            found.add(entry.getKey());
            switch (fields.get(entry.getKey())) {
                case String text -> fields.put(entry.getKey(), beginning(text, entry.getValue()));
                case Collection<?> _, Map<?, ?> _ ->
                        throw new UnfilledPromptException(
                                "truncate.%s: shortens texts, and that of record %s is a list or a struct: cut it in the source, such as with %s[1:10] in SQL"
                                        .formatted(entry.getKey(), record.id(), entry.getKey()),
                                "its field %s is a list or a struct, which truncate cannot shorten"
                                        .formatted(entry.getKey()),
                                null,
                                null);
                // Numbers and their like are short.
                case null, default -> {}
            }
        }
        return fields;
    }

    private static String fieldsOf(SourceRecord record) {
        return "record "
                + record.id()
                + " has the fields "
                + String.join(", ", record.fields().keySet());
    }

    private static String beginning(String text, Truncation truncation) {
        return switch (truncation) {
            case Truncation.Tokens(var max) -> TokenEstimate.beginning(text, max);
            case Truncation.Characters(var max) ->
                    text.length() <= max || text.codePointCount(0, text.length()) <= max
                            ? text
                            : text.substring(0, text.offsetByCodePoints(0, max));
        };
    }

    /**
     * Looks names up in maps and lists only, and notes those that are there; the library's own
     * collector would also call methods of the values.
     */
    private static final class FieldsOnly extends BasicCollector {
        private final Set<String> found;

        FieldsOnly(Set<String> found) {
            this.found = found;
        }

        @Override
        public Mustache.@Nullable VariableFetcher createFetcher(Object context, String name) {
            var fetcher = super.createFetcher(context, name);
            return fetcher == null
                    ? null
                    : (from, field) -> {
                        var value = fetcher.get(from, field);
                        if (!Template.NO_FETCHER_FOUND.equals(value)) {
                            found.add(field);
                        }
                        return value;
                    };
        }

        @Override
        public <K, V> Map<K, V> createFetcherCache() {
            return new ConcurrentHashMap<>();
        }
    }
}

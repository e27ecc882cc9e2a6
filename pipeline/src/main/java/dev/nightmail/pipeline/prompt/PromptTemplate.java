package dev.nightmail.pipeline.prompt;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import dev.nightmail.pipeline.cost.TokenEstimate;
import dev.nightmail.pipeline.definition.Truncation;
import dev.nightmail.pipeline.source.SourceRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The Mustache template of a pipeline. Nothing is escaped, since a prompt is no web page. An empty
 * field (null) shows as nothing; a name the record does not have stops the run, since a prompt with
 * a hole in it costs as much as a whole one.
 */
final class PromptTemplate {

    private final Template template;
    private final Map<String, Truncation> truncations;

    PromptTemplate(String text, Map<String, Truncation> truncations) {
        this.truncations = truncations;
        try {
            this.template =
                    Mustache.compiler()
                            .escapeHTML(false)
                            .nullValue("")
                            .strictSections(true)
                            .withCollector(new FieldsOnly())
                            .compile(text);
        } catch (MustacheException e) {
            throw new PromptException("prompt: " + e.getMessage(), e);
        }
    }

    String render(SourceRecord record) {
        var fields = truncations.isEmpty() ? record.fields() : truncated(record);
        String rendered;
        try {
            rendered = template.execute(fields);
        } catch (MustacheException.Context e) {
            throw new PromptException(
                    "prompt: line "
                            + e.lineNo
                            + " of the template names "
                            + e.key
                            + ", and "
                            + fieldsOf(record),
                    e);
        } catch (MustacheException e) {
            throw new PromptException("prompt: cannot be filled for record " + record.id(), e);
        }
        if (rendered.isBlank()) {
            throw new PromptException(
                    "prompt: is empty for record "
                            + record.id()
                            + ": leave such records out in the source",
                    null);
        }
        return rendered;
    }

    private Map<String, @Nullable Object> truncated(SourceRecord record) {
        var fields = new LinkedHashMap<String, @Nullable Object>(record.fields());
        for (var entry : truncations.entrySet()) {
            if (!fields.containsKey(entry.getKey())) {
                throw new PromptException(
                        "truncate." + entry.getKey() + ": is no field: " + fieldsOf(record), null);
            }
            if (fields.get(entry.getKey()) instanceof String text) {
                fields.put(entry.getKey(), beginning(text, entry.getValue()));
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
     * Looks names up in maps and lists only; the library's own collector would also call methods of
     * the values.
     */
    private static final class FieldsOnly extends BasicCollector {
        @Override
        public <K, V> Map<K, V> createFetcherCache() {
            return new ConcurrentHashMap<>();
        }
    }
}

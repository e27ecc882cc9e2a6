package dev.nightmail.pipeline.prompt;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import dev.nightmail.pipeline.cost.TokenEstimate;
import dev.nightmail.pipeline.definition.Truncation;
import dev.nightmail.pipeline.source.SourceRecord;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Mustache template of a pipeline. Nothing is escaped, since a prompt is no web page. An empty
 * field (null) shows as nothing; a record that lacks a name is not asked, since a prompt with a
 * hole in it costs as much as a whole one. One thread.
 */
final class PromptTemplate {

    private static final Pattern SINGLE_BRACES = Pattern.compile("\\{[\\w.]+}");

    /** Enough of an open tag to find it by. */
    private static final int OPEN_TAG_SHOWN = 20;

    private final Template template;
    private final Map<String, Truncation> truncations;
    private final Set<String> found = new HashSet<>();

    /**
     * @param withoutFields whether a template that shows nothing of a record is meant
     */
    PromptTemplate(String text, Map<String, Truncation> truncations, boolean withoutFields) {
        this.truncations = truncations;
        try {
            this.template =
                    Mustache.compiler()
                            .escapeHTML(false)
                            .nullValue("")
                            .strictSections(true)
                            .withCollector(new FieldsOnly(found))
                            .compile(text);
        } catch (MustacheException e) {
            throw new PromptException("prompt: " + e.getMessage(), e);
        }
        refuseUnlessWhole(text, withoutFields);
    }

    /** What would be sent, and paid for, as it stands: a tag that stays open, or no tag at all. */
    private void refuseUnlessWhole(String text, boolean withoutFields) {
        var tags = new Tags();
        template.visit(tags);
        // With other delimiters braces are text.
        if (!text.contains("{{=")) {
            tags.refuseOpenTag();
        }
        if (tags.names == 0 && !withoutFields) {
            throw new PromptException(
                    "prompt: names no field, so every record would be asked the same: write {{text}} where the field text goes"
                            + (SINGLE_BRACES.matcher(text).find()
                                    ? ", with two braces on either side"
                                    : "")
                            + "; or write \"prompt-without-fields: true\" if that is meant",
                    null);
        }
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

    /** Looks over what a template is made of. */
    private static final class Tags implements Mustache.Visitor {
        private int names;
        private @Nullable String openTag;

        void refuseOpenTag() {
            if (openTag != null) {
                throw new PromptException(
                        "prompt: a tag stays open: \""
                                + openTag
                                + "\": close it with two braces, or write {{=<% %>=}} before it to change the delimiters",
                        null);
            }
        }

        @Override
        public void visitText(String text) {
            var start = text.indexOf("{{");
            if (start >= 0 && openTag == null) {
                openTag =
                        text.substring(start, Math.min(text.length(), start + OPEN_TAG_SHOWN))
                                .lines()
                                .findFirst()
                                .orElse("{{");
            }
        }

        @Override
        public void visitVariable(String name) {
            names++;
        }

        @Override
        public boolean visitInclude(String name) {
            throw new PromptException(
                    "prompt: {{>"
                            + name
                            + "}} would include another template, and there is none: write its text here",
                    null);
        }

        @Override
        public boolean visitParent(String name) {
            return visitInclude(name);
        }

        @Override
        public boolean visitSection(String name) {
            names++;
            return true;
        }

        @Override
        public boolean visitInvertedSection(String name) {
            names++;
            return true;
        }
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

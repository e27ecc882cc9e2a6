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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Mustache template of a pipeline. Nothing is escaped, since a prompt is no web page. An empty
 * field (null) shows as nothing; a name the record does not have stops the run, since a prompt with
 * a hole in it costs as much as a whole one.
 */
final class PromptTemplate {

    private static final Pattern SINGLE_BRACES = Pattern.compile("\\{[\\w.]+}");

    /** Enough of an open tag to find it by. */
    private static final int OPEN_TAG_SHOWN = 20;

    private final Template template;
    private final Map<String, Truncation> truncations;

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
                            .withCollector(new FieldsOnly())
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

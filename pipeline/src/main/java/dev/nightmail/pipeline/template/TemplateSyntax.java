package dev.nightmail.pipeline.template;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Mustache that a prompt's template is written in. Nothing is escaped, since a prompt is no web
 * page. An empty field (null) shows as nothing.
 */
public final class TemplateSyntax {

    private static final Pattern SINGLE_BRACES = Pattern.compile("\\{[\\w.]+}");

    /** Enough of an open tag to find it by. */
    private static final int OPEN_TAG_SHOWN = 20;

    private TemplateSyntax() {}

    /** What compiles a template. */
    public static Mustache.Compiler compiler() {
        return Mustache.compiler().escapeHTML(false).nullValue("").strictSections(true);
    }

    /**
     * What is wrong with a template, a sentence each: what would be sent, and paid for, as it
     * stands. None if nothing is.
     *
     * @param withoutFields whether a template that shows nothing of a record is meant
     */
    public static List<String> problems(String text, boolean withoutFields) {
        var tags = new Tags();
        try {
            compiler().compile(text).visit(tags);
        } catch (MustacheException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
        var problems = new ArrayList<>(tags.problems);
        // With other delimiters braces are text.
        if (tags.openTag != null && !text.contains("{{=")) {
            problems.add(
                    "a tag stays open: \""
                            + tags.openTag
                            + "\": close it with two braces, or write {{=<% %>=}} before it to change the delimiters");
        } else if (tags.names == 0 && !withoutFields) {
            problems.add(
                    "names no field, so every record would be asked the same: write {{text}} where the field text goes"
                            + (SINGLE_BRACES.matcher(text).find()
                                    ? ", with two braces on either side"
                                    : "")
                            + "; or write \"prompt-without-fields: true\" if that is meant");
        }
        return problems;
    }

    /** Looks over what a template is made of. */
    private static final class Tags implements Mustache.Visitor {
        private final List<String> problems = new ArrayList<>();
        private int names;
        private @Nullable String openTag;

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
            names++;
            problems.add(
                    "{{>"
                            + name
                            + "}} would include another template, and there is none: write its text here");
            return false;
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
}

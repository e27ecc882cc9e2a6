package dev.nightmail.pipeline.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.definition.Truncation;
import dev.nightmail.pipeline.source.SourceRecord;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptTemplateTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Summarize this {text}.   | names no field, so every record would be asked the same: write {{text}} where the field text goes, with two braces on either side",
                "Summarize this.          | names no field, so every record would be asked the same: write {{text}} where the field text goes; or write \"prompt-without-fields: true\"",
                "Of {{text                | a tag stays open: \"{{text\"",
                "Of {{text}               | a tag stays open: \"{{text}\"",
                "Of {{id}} {{#text}}a     | Section missing close tag",
                "{{text}} {{> footer}}    | {{>footer}} would include another template, and there is none",
                "{{text}}{{! a note}} {{! | a tag stays open"
            })
    void aPromptThatIsNotWholeIsRefused(String text, String words) {
        assertThatThrownBy(() -> new PromptTemplate(text, Map.of(), false))
                .isInstanceOf(PromptException.class)
                .hasMessageStartingWith("prompt: ")
                .hasMessageContaining(words);
    }

    @Test
    void whatTheAuthorMeansIsSent() {
        assertThat(new PromptTemplate("Tell a joke.", Map.of(), true).render(record("id", "1")))
                .isEqualTo("Tell a joke.");
        assertThat(render("A {text} of {{text}} }}", "text", "b")).isEqualTo("A {text} of b }}");
        assertThat(render("{{=<% %>=}}Keep {{this}}, <%text%>", "text", "b"))
                .isEqualTo("Keep {{this}}, b");
        assertThat(render("{{#text}}yes{{/text}}", "text", true)).isEqualTo("yes");
        assertThat(render("{{#tags}}<{{.}}>{{/tags}}", "tags", List.of("a", "b")))
                .isEqualTo("<a><b>");
        assertThat(render("{{text}}", "text", "{{not a tag}}")).isEqualTo("{{not a tag}}");
    }

    @Test
    void aListIsNotShortenedAndNotSentWhole() {
        var prompt =
                new PromptTemplate("{{tags}}", Map.of("tags", new Truncation.Characters(5)), false);

        assertThat(prompt.render(record("tags", "a long text"))).isEqualTo("a lon");
        assertThatThrownBy(() -> prompt.render(record("tags", List.of("a", "b"))))
                .isInstanceOfSatisfying(
                        UnfilledPromptException.class,
                        unfilled ->
                                assertThat(unfilled.reason())
                                        .isEqualTo(
                                                "its field tags is a list or a struct, which truncate cannot shorten"));
    }

    private static String render(String template, String field, Object value) {
        return new PromptTemplate(template, Map.of(), false).render(record(field, value));
    }

    private static SourceRecord record(String field, Object value) {
        return new SourceRecord("1", Map.of(field, value));
    }
}

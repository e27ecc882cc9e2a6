package dev.nightmail.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlDocumentTest {

    private final Problems problems = new Problems();

    @Test
    void everyKeyAndItemKnowsItsLine() {
        var document =
                YamlDocument.parse(
                        """
                        # a comment
                        a: 1
                        b:
                          c: { d: 2,
                               e: 3 }
                        list: [ x,
                                y ]
                        """,
                        problems);
        var root = document.root();

        assertThat(document.line(root, "a")).isEqualTo(2);
        assertThat(document.line(root.path("b"), "c")).isEqualTo(4);
        assertThat(document.line(root.path("b").path("c"), "e")).isEqualTo(5);
        assertThat(document.line(root.path("list"), "1")).isEqualTo(7);
        assertThat(document.line(root, "none")).isEqualTo(Problems.NO_LINE);
        assertThat(problems.isEmpty()).isTrue();
    }

    @Test
    void whatLeavesTheRestReadableIsToldAllAtOnce() {
        var document =
                YamlDocument.parse(
                        """
                        a: 1
                        b: { c: 1, c: 2 }
                        a: 2
                        d: *name
                        ---
                        e: 1
                        """,
                        problems);

        assertThat(document.root().path("a").intValue()).isEqualTo(1);
        assertThat(problems.lines())
                .containsExactly(
                        "line 2: b.c: is given twice, first in line 2: keep one of them",
                        "line 3: a: is given twice, first in line 1: keep one of them",
                        "line 4: d: aliases (*name) are not read: write the value itself, or put a text that begins with * in quotes",
                        "line 6: a second document begins here (---), and a file holds one: put it into a file of its own");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'a: 1\nprompt: {{text}} and more\n' | 'line 2: a text that begins with {{ needs quotes: prompt: \"{{…}}\"'",
                "'s: { text: {{text}} }\n' | 'line 1: a text that begins with {{ needs quotes: text: \"{{…}}\"'",
                "'a:\n\tb: 1\n' | 'line 2: is indented with a tab: use spaces'",
                "'files: *.txt\n' | 'line 1: a text that begins with * needs quotes'",
                "'user: @me\n' | 'line 1: a text that begins with @ needs quotes'",
                "'a: 1\nsay: well: no\n' | 'line 2: a text with a colon and a space in it needs quotes, and a key must be indented like its neighbours'",
                "'a: {\n' | 'line 2: is not valid YAML: while parsing a flow node, expected the node content, but found ''<stream end>'''",
            })
    void whatIsNoYamlIsToldWithItsLineAndTheRemedy(String text, String words) {
        assertThatThrownBy(() -> YamlDocument.parse(text, problems))
                .isInstanceOf(YamlException.class)
                .hasMessage(words);
    }

    @Test
    void aFieldInABlockIsNotTakenForTheReasonThatSomethingElseIsWrong() {
        assertThatThrownBy(() ->
                        YamlDocument.parse("prompt: |\n  Term: {{term}}\nsink: [\n", problems))
                .hasMessageStartingWith("line 4: is not valid YAML");
    }

    @Test
    void theFileIsNotQuoted() {
        assertThatThrownBy(() -> YamlDocument.parse("a: 1\nkey: \"sk-secret\nb: 2\n", problems))
                .hasMessageStartingWith("line 2: ")
                .hasMessageNotContaining("secret");
    }

    @Test
    void anEmptyFileAndOneFromWindowsAreRead() {
        assertThat(YamlDocument.parse("# later\n", problems).root().isMissingNode()).isTrue();
        assertThat(YamlDocument.parse("\uFEFFa: 1\n", problems).root().path("a").intValue())
                .isEqualTo(1);
    }

    @Test
    void variablesArePutInAndTwoDollarsAreOne() {
        var document =
                YamlDocument.parse(
                        """
                        a: "${ONE} and $${ONE}"
                        prompt: "${ONE}"
                        list: [ "${TWO}", "x${NONE}" ]
                        """,
                        problems);
        var variables = Map.of("ONE", "1", "TWO", "${ONE}");

        new EnvironmentValues(name -> Optional.ofNullable(variables.get(name)))
                .putInto(document, problems, Set.of("prompt"));

        var root = document.root();
        assertThat(root.path("a").stringValue()).isEqualTo("1 and ${ONE}");
        assertThat(root.path("prompt").stringValue()).isEqualTo("${ONE}");
        assertThat(root.path("list").path(0).stringValue()).isEqualTo("${ONE}");
        assertThat(document.isFromVariable(root.path("a"))).isTrue();
        assertThat(document.isFromVariable(root.path("prompt"))).isFalse();
        assertThat(problems.lines())
                .containsExactly(
                        "line 3: list[2]: the environment variable NONE is not set: set it, or write $${NONE} for the text itself");
    }
}

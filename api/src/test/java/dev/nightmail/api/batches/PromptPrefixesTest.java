package dev.nightmail.api.batches;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.request.Breakpoint;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptPrefixesTest {

    private static final String MARK = "\"cache_control\":{\"type\":\"ephemeral\"}";
    private static final String HOUR =
            "\"cache_control\" : { \"ttl\" : \"1h\", \"type\":\"ephemeral\"}";

    @Test
    void requestsWithTheSameMarkedSystemPromptShareItsPrefix() {
        var one = prefixes(request(system(MARK), "one"));
        var two = prefixes(request(system(MARK), "two"));

        assertThat(one).hasSize(1).isEqualTo(two);
        assertThat(one.getFirst().marked()).isTrue();
        assertThat(one.getFirst().forAnHour()).isFalse();
    }

    @Test
    void anotherModelIsAnotherPrefix() {
        var haiku = request(system(MARK), "one");
        var opus = haiku.replace("claude-haiku-4-5", "claude-opus-5");

        assertThat(prefixes(haiku)).isNotEqualTo(prefixes(opus));
    }

    @Test
    void thinkingIsPartOfThePrefixButNotTheLengthOfTheAnswer() {
        var plain = request(system(MARK), "one");
        var thinking = plain.replace("\"max_tokens\":10", "\"max_tokens\":10,\"thinking\":{}");
        var longer = plain.replace("\"max_tokens\":10", "\"max_tokens\":11");

        assertThat(prefixes(thinking)).isNotEqualTo(prefixes(plain));
        assertThat(prefixes(longer)).isEqualTo(prefixes(plain));
    }

    @Test
    void theOrderOfTheMembersDoesNotMatter() {
        var inOrder =
                "{\"tools\":[{\"name\":\"a\"}],%s,\"messages\":[],\"model\":\"m\",\"thinking\":{}}"
                        .formatted(system(MARK));
        var reversed =
                "{\"thinking\":{},\"model\":\"m\",\"messages\":[],%s,\"tools\":[{\"name\":\"a\"}]}"
                        .formatted(system(MARK));

        assertThat(prefixes(reversed)).isEqualTo(prefixes(inOrder));
    }

    @Test
    void aLongerPrefixBeginsWithTheShorterOnes() {
        var tools = "\"tools\":[{\"name\":\"a\"},{\"name\":\"b\"," + MARK + "}]";
        var document = "{\"type\":\"text\",\"text\":\"a document\"," + HOUR + "}";
        var question = "{\"type\":\"text\",\"text\":\"a question\"}";
        var params =
                "{%s,%s,\"messages\":[{\"content\":[%s,%s],\"role\":\"user\"}]}"
                        .formatted(tools, system(MARK), document, question);

        var found = prefixes(params);

        assertThat(found).hasSize(3);
        assertThat(found).extracting(Breakpoint::forAnHour).containsExactly(false, false, true);
        assertThat(found.stream().map(Breakpoint::tokens)).isSorted();
        assertThat(prefixes(params.replace("a question", "another"))).isEqualTo(found);
        var other = prefixes(params.replace("a document", "b document"));
        assertThat(other.subList(0, 2)).isEqualTo(found.subList(0, 2));
        assertThat(other.get(2)).isNotEqualTo(found.get(2));
    }

    @Test
    void whatNobodyMarksEndsBehindTheSystemPrompt() {
        var one = prefixes(request("\"system\":\"You rate reviews.\"", "one"));
        var two = prefixes(request("\"system\":\"You rate reviews.\"", "two"));

        assertThat(one).hasSize(1).isEqualTo(two);
        assertThat(one.getFirst().marked()).isFalse();
    }

    @Test
    void aMarkInsideAToolResultCountsForTheWholeOfIt() {
        var params =
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\","
                        + "\"content\":[{\"type\":\"text\",\"text\":\"x\","
                        + MARK
                        + "}]}]}]}";

        assertThat(prefixes(params)).hasSize(1);
    }

    @Test
    void aMarkOnTheRequestIsOneOnItsLastMessage() {
        var params = request("\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}", "one");

        assertThat(prefixes(params)).hasSize(1);
        assertThat(prefixes(params).getFirst().forAnHour()).isTrue();
        assertThat(prefixes(params.replace("one", "two"))).isNotEqualTo(prefixes(params));
    }

    @Test
    void moreMarksThanAreAllowedAreNoMatterOfOrder() {
        var block = "{\"type\":\"text\",\"text\":\"x\"," + MARK + "}";
        var params = "{\"system\":[" + String.join(",", Collections.nCopies(6, block)) + "]}";

        assertThat(prefixes(params)).hasSize(Breakpoint.PER_REQUEST_MAX);
    }

    @Test
    void whatHasTheWrongFormIsLeftToWhoeverIsCalled() {
        assertThat(prefixes("{\"messages\":[1,{\"content\":[2,{}]},[]],\"cache_control\":\"x\"}"))
                .hasSize(1);
        assertThat(prefixes("{\"system\":[1],\"tools\":{\"cache_control\":{}}}")).hasSize(1);
        assertThat(prefixes("{}")).isEmpty();
    }

    private static String request(String shared, String question) {
        return "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":10,%s,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(shared, question);
    }

    private static String system(String mark) {
        return "\"system\":[{\"type\":\"text\",\"text\":\"You rate reviews.\"," + mark + "}]";
    }

    private static List<Breakpoint> prefixes(String params) {
        var padded = (" ".repeat(7) + params + "  ").getBytes(UTF_8);
        return PromptPrefixes.of(padded, 7, params.getBytes(UTF_8).length);
    }
}

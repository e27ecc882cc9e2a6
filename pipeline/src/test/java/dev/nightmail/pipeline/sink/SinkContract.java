package dev.nightmail.pipeline.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.pipeline.testing.GrowingAnswers;
import dev.nightmail.pipeline.testing.RecordingSinkContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What every sink does. */
public abstract class SinkContract {

    private static final String SCHEMA =
            """
            {"type": "object", "properties": {"label": {"type": "string"}, "score": {"type": "integer"}}}
            """;

    protected final GrowingAnswers answers = new GrowingAnswers();
    protected final RecordingSinkContext context =
            new RecordingSinkContext(JsonMapper.shared().readTree(SCHEMA));

    /** A sink at the same place each time it is asked for. */
    protected abstract Sink open() throws Exception;

    /** What is at that place: the label by id. */
    protected abstract Map<String, String> delivered() throws Exception;

    /** The label by id, of lines that are JSON; the last line of an id counts. */
    protected static Map<String, String> labels(List<String> lines) {
        var labels = new LinkedHashMap<String, String>();
        for (var line : lines) {
            var row = JsonMapper.shared().readTree(line);
            labels.put(row.path("id").asString(), row.path("label").asString(""));
        }
        return labels;
    }

    @Test
    void afterItIsCompleteItHasEveryAnswer() throws Exception {
        answers.add("a", "{\"label\": \"good\", \"score\": 1}");
        answers.add("b", "{\"label\": \"ba'd\\\"\", \"score\": 2}");

        var rows = run(true);

        assertThat(rows).isEqualTo(2);
        assertThat(delivered()).containsOnly(Map.entry("a", "good"), Map.entry("b", "ba'd\""));
    }

    @Test
    void aCheckLeavesWhatIsThere() throws Exception {
        answers.add("a", "{\"label\": \"good\", \"score\": 1}");
        run(true);

        try (var sink = open()) {
            sink.check(answers);
        }

        assertThat(delivered()).containsOnly(Map.entry("a", "good"));
    }

    @Test
    void aNewerAnswerTakesThePlaceOfTheOlder() throws Exception {
        answers.add("a", "{\"label\": \"good\", \"score\": 1}");
        run(true);
        answers.add("a", "{\"label\": \"bad\", \"score\": 2}");

        run(true);

        assertThat(delivered()).containsOnly(Map.entry("a", "bad"));
    }

    @Test
    void whatWasDeliveredWhileARunWentOnIsThereOnceAtItsEnd() throws Exception {
        try (var sink = open()) {
            sink.check(answers);
            answers.add("a", "{\"label\": \"good\", \"score\": 1}");
            sink.deliver(answers);
            answers.add("b", "{\"label\": \"bad\", \"score\": 1}");
            sink.deliver(answers);
            answers.add("c", "{\"label\": \"fair\", \"score\": 1}");
            sink.complete(answers);
        }

        assertThat(delivered()).containsOnlyKeys("a", "b", "c");
    }

    @Test
    void aRunThatEndedEarlyIsGoneOnWith() throws Exception {
        answers.add("a", "{\"label\": \"good\", \"score\": 1}");
        run(false);
        answers.add("b", "{\"label\": \"bad\", \"score\": 1}");

        run(true);

        assertThat(delivered()).containsOnlyKeys("a", "b");
    }

    @Test
    void anAnswerWithoutAValueHasAnEmptyCell() throws Exception {
        answers.add("a", "{\"score\": 1}");
        answers.add("b", "{\"label\": null, \"score\": 1}");

        run(true);

        assertThat(delivered()).containsOnly(Map.entry("a", ""), Map.entry("b", ""));
    }

    protected final long run(boolean toTheEnd) throws Exception {
        try (var sink = open()) {
            sink.check(answers);
            return toTheEnd ? sink.complete(answers) : sink.deliver(answers);
        }
    }
}

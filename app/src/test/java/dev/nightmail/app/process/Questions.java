package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Numbered questions, each with an answer that names it, so that an answer that went to the wrong
 * {@code custom_id} is seen.
 */
record Questions(int first, int count) {

    private static final Pattern NUMBERED = Pattern.compile("question (\\d+)\\?");

    Questions(int count) {
        this(0, count);
    }

    private static final Pattern CUSTOM_ID = Pattern.compile("\"record-(\\d+)\"");

    /** The number of the question a text asks. */
    static int numberIn(String text) {
        var matcher = NUMBERED.matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("no question in " + text);
        }
        return Integer.parseInt(matcher.group(1));
    }

    static String question(int number) {
        return "question " + number + "?";
    }

    static String answer(int number) {
        return "answer to " + number;
    }

    private static String customId(int number) {
        return "record-" + number;
    }

    IntStream numbers() {
        return IntStream.range(first, first + count);
    }

    /** The body of a create call. */
    String batch() {
        return numbers()
                .mapToObj(number ->
                        """
                        {"custom_id":"%s","params":{"model":"claude-haiku-4-5","max_tokens":100,\
                        "messages":[{"role":"user","content":"%s"}]}}\
                        """
                                .formatted(customId(number), question(number)))
                .collect(Collectors.joining(",", "{\"requests\":[", "]}"));
    }

    /** The numbers of the questions that whole lines of results answer. */
    static Set<Integer> answeredIn(String resultLines) {
        var whole = resultLines.substring(0, resultLines.lastIndexOf('\n') + 1);
        return CUSTOM_ID
                .matcher(whole)
                .results()
                .map(id -> Integer.valueOf(id.group(1)))
                .collect(Collectors.toSet());
    }

    /** Each question has one result, and it is the answer to that question. */
    void assertAllAnswered(List<String> resultLines) {
        var answers = new HashMap<String, String>();
        for (var line : resultLines) {
            var json = JsonMapper.shared().readTree(line);
            var message = json.at("/result/message");
            var before =
                    answers.put(
                            json.path("custom_id").asString(),
                            message.at("/content/0/text").asString());
            assertThat(before).as("a second result: %s", line).isNull();
        }
        var expected = new HashMap<String, String>();
        numbers().forEach(number -> expected.put(customId(number), answer(number)));
        assertThat(answers).isEqualTo(expected);
    }
}

package dev.nightmail.pipeline.testing;

import dev.nightmail.pipeline.sink.Answers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The answers of a pipeline in memory. */
public final class GrowingAnswers implements Answers {

    private final Map<String, Numbered> current = new LinkedHashMap<>();
    private long last;

    public void add(String recordId, String answer) {
        last++;
        current.put(recordId, new Numbered(last, recordId, answer));
    }

    @Override
    public List<Numbered> after(long sequence, int max) {
        return current.values().stream()
                .filter(answer -> answer.sequence() > sequence)
                .sorted((one, other) -> Long.compare(one.sequence(), other.sequence()))
                .limit(max)
                .toList();
    }

    @Override
    public long last() {
        return last;
    }

    @Override
    public void each(Visitor visitor) throws IOException {
        for (var answer : current.values()) {
            visitor.visit(answer.recordId(), answer.answer());
        }
    }
}

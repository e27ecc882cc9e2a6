package dev.nightmail.pipeline.testing;

import dev.nightmail.pipeline.sink.AnswerRows;
import dev.nightmail.pipeline.sink.Answers;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answers of a pipeline in memory. */
public final class GrowingAnswers implements Answers {

    private final Map<String, Numbered> current = new LinkedHashMap<>();
    private final List<String> givenAgain = new ArrayList<>();
    private long last;

    public void add(String recordId, String answer) {
        add(recordId, answer, null);
    }

    /**
     * @param kept fields of the record, a JSON object
     */
    public void add(String recordId, String answer, @Nullable String kept) {
        last++;
        current.put(recordId, new Numbered(last, TestRows.row(recordId, answer, kept)));
    }

    /** The source gave these in this run, too. */
    public void giveAgain(String... ids) {
        givenAgain.addAll(List.of(ids));
    }

    @Override
    public void givenAgain(int max, IdsVisitor visitor) throws SQLException {
        if (!givenAgain.isEmpty()) {
            visitor.visit(List.copyOf(givenAgain));
        }
    }

    @Override
    public List<Numbered> of(List<String> ids) {
        return ids.stream().map(current::get).toList();
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
    public AnswerRows ofThisRun() {
        return this;
    }

    @Override
    public void each(Visitor visitor) throws IOException {
        for (var answer : current.values()) {
            visitor.visit(answer.row());
        }
    }
}

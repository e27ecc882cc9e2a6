package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.sink.Answers;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answers in the state, as a sink sees them.
 *
 * @param plan whose records are walked over in the order of the source; null before there is one
 */
record PlannedAnswers(PipelineState state, @Nullable Plan plan) implements Answers {

    @Override
    public List<Numbered> after(long sequence, int max) {
        return state.answers().after(sequence, max).stream()
                .map(answer -> new Numbered(answer.sequence(), answer.recordId(), answer.answer()))
                .toList();
    }

    @Override
    public long last() {
        return state.answers().last();
    }

    /** The walk over the state knows nothing of files: their failures pass through unchecked. */
    @Override
    public void each(Visitor visitor) throws IOException {
        if (plan == null) {
            return;
        }
        try {
            state.records()
                    .eachAnswer((recordId, answer) -> {
                        try {
                            visitor.visit(recordId, answer);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}

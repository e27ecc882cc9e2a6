package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.sink.AnswerRow;
import dev.nightmail.pipeline.sink.AnswerRows;
import dev.nightmail.pipeline.sink.Answers;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.StoredAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The answers in the state, as a sink sees them. */
final class StateAnswers implements Answers {

    private static final int PICO_DIGITS = 12;

    /** What the answers of one batch have in common. */
    private record Batch(@Nullable String id, String promptVersion, boolean simulated) {}

    private final PipelineState state;
    private final boolean isPlanned;
    private final BitSet givenAgain;
    private final Map<Integer, Batch> batches = new HashMap<>();

    /** Of the group that is looked at. */
    private final Map<String, Long> numbers = new LinkedHashMap<>();

    /**
     * @param isPlanned whether it is known which records this run reads; before that it has none
     */
    StateAnswers(PipelineState state, boolean isPlanned) {
        this(state, isPlanned, new BitSet());
    }

    /**
     * @param givenAgain numbers of records that the source gave though they were answered before
     */
    StateAnswers(PipelineState state, boolean isPlanned, BitSet givenAgain) {
        this.state = state;
        this.isPlanned = isPlanned;
        this.givenAgain = givenAgain;
    }

    @Override
    public void givenAgain(int max, IdsVisitor visitor) throws SQLException {
        numbers.clear();
        for (int record = givenAgain.nextSetBit(0);
                record >= 0;
                record = givenAgain.nextSetBit(record + 1)) {
            numbers.put(state.records().recordId(record), (long) record);
            if (numbers.size() == max) {
                visitor.visit(List.copyOf(numbers.keySet()));
                numbers.clear();
            }
        }
        if (!numbers.isEmpty()) {
            visitor.visit(List.copyOf(numbers.keySet()));
        }
    }

    @Override
    public List<Numbered> of(List<String> ids) {
        return ids.stream()
                .map(numbers::get)
                .filter(Objects::nonNull)
                .flatMap(record -> state.answers().of(record).stream())
                .map(answer -> new Numbered(answer.sequence(), row(answer)))
                .toList();
    }

    @Override
    public List<Numbered> after(long sequence, int max) {
        return state.answers().after(sequence, max).stream()
                .map(answer -> new Numbered(answer.sequence(), row(answer)))
                .toList();
    }

    @Override
    public long last() {
        return state.answers().last();
    }

    @Override
    public void each(Visitor visitor) throws IOException {
        walk(false, visitor);
    }

    @Override
    public AnswerRows ofThisRun() {
        return visitor -> {
            if (isPlanned) {
                walk(true, visitor);
            }
        };
    }

    /** The walk over the state knows nothing of files: their failures pass through unchecked. */
    private void walk(boolean ofCurrentPlan, Visitor visitor) throws IOException {
        try {
            state.answers()
                    .each(
                            ofCurrentPlan,
                            answer -> {
                                try {
                                    visitor.visit(row(answer));
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private AnswerRow row(StoredAnswer answer) {
        var batch = batches.computeIfAbsent(answer.batch(), this::batch);
        var cost = answer.costPicos();
        return new AnswerRow(
                answer.recordId(),
                answer.answer(),
                answer.kept(),
                new AnswerRow.Origin(
                        answer.model(),
                        batch.promptVersion(),
                        answer.inputTokens(),
                        answer.outputTokens(),
                        cost == null ? null : dollars(cost),
                        batch.id(),
                        answer.attempts(),
                        answer.stopReason(),
                        answer.answeredAt(),
                        batch.simulated()));
    }

    private static BigDecimal dollars(long picos) {
        var exact = BigDecimal.valueOf(picos, PICO_DIGITS).stripTrailingZeros();
        return exact.scale() < 0 ? exact.setScale(0) : exact;
    }

    private Batch batch(int number) {
        var batch = state.batches().batch(number);
        return new Batch(
                batch.batchId(),
                state.batches().promptVersion(number),
                state.batches().billing(number) == Billing.SIMULATED);
    }
}

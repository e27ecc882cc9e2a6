package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.CallTerms;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.decide.RetryPolicy;
import dev.nightmail.pipeline.prompt.ContentHash;
import dev.nightmail.pipeline.prompt.PromptVersion;
import dev.nightmail.pipeline.source.RecordCursor;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a run begins to read a source that can be read from a position.
 *
 * <p>What earlier runs read stays in the plan. The source is read from its beginning if anything
 * that shapes a request is another than then, since that asks every record anew, if records are to
 * be asked again whose requests are no longer kept, and if records were unusable, which may be
 * mended since. The position moves only when all records before it are in the state and their plan
 * is accepted, and never for a sample.
 */
final class SourceProgress {

    private final PipelineState state;
    private final String identity;
    private final Optional<String> reached;
    private final RetryPolicy policy;

    SourceProgress(
            PipelineState state,
            String source,
            PromptVersion version,
            Endpoint endpoint,
            CallTerms terms,
            RetryPolicy policy) {
        this.state = state;
        this.policy = policy;
        this.identity =
                ContentHash.of(
                                source.getBytes(StandardCharsets.UTF_8),
                                new byte[] {0},
                                version.value().getBytes(StandardCharsets.UTF_8),
                                new byte[] {0},
                                endpoint.identity().getBytes(StandardCharsets.UTF_8),
                                new byte[] {0},
                                terms.identity().getBytes(StandardCharsets.UTF_8))
                        .value();
        this.reached = state.sourcePosition().of(identity);
        if (reached.isEmpty()) {
            // From here on records may be asked something else than before that position.
            state.inTransaction(state.sourcePosition()::forget);
        }
    }

    /** Whether earlier records stay in the plan. */
    boolean goesOn() {
        return reached.isPresent();
    }

    /** Where to read on; null: from the beginning. */
    @Nullable String position() {
        return state.sourcePosition()
                        .leavesRecordsToAskAgain(
                                (kind, history) -> policy.takesUp(kind, history.failures()))
                ? null
                : reached.orElse(null);
    }

    /**
     * Where a later run may read on.
     *
     * @param identity of all that shapes what the records before it are asked
     */
    record Reached(String identity, String position) {}

    /**
     * All that the source gave is in the state: what it gave to earlier runs is taken into the plan
     * as well.
     *
     * @return null if the next run reads from where this one did
     */
    @Nullable Reached read(Plan plan, RecordCursor records) {
        var position = Optional.ofNullable(records.position()).or(() -> reached);
        if (position.isEmpty()) {
            return null;
        }
        if (goesOn()) {
            state.inTransaction(() -> state.sourcePosition().keepEarlier(plan));
        }
        return new Reached(identity, position.get());
    }
}

package dev.nightmail.core.batch;

import dev.nightmail.core.result.RequestCounts;
import java.time.Instant;

/** What can happen to a batch once it is accepted. A batch is the fold of its events. */
public sealed interface BatchEvent {

    record CancelRequested(Instant at) implements BatchEvent {}

    /** Results are on stable storage; {@code counts} are those after them. */
    record ResultsSettled(RequestCounts counts) implements BatchEvent {}

    record BatchEnded(Instant at) implements BatchEvent {}

    record ResultsArchived(Instant at) implements BatchEvent {}
}

package dev.nightmail.app.process;

import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A batch whose create call is repeated, with the same idempotency key, until a server has said
 * that it has it.
 */
final class SubmittedBatch {

    private final Questions questions;
    private volatile @Nullable String id;

    SubmittedBatch(Questions questions) {
        this.questions = questions;
    }

    Questions questions() {
        return questions;
    }

    /** The batch's id, unless the server died before it could tell. */
    Optional<String> create(ForkedNightmail server) {
        if (id == null) {
            try (var caller = new BatchesCaller(server)) {
                id = caller.create(questions, "questions-from-" + questions.first());
            } catch (UncheckedIOException _) {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(id);
    }
}

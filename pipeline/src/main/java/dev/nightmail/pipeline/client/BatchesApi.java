package dev.nightmail.pipeline.client;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The Message Batches API as a run uses it. {@link BatchesClient} is the one over HTTP and says
 * what each call promises. Safe for use by several threads.
 */
public interface BatchesApi extends AutoCloseable {

    Endpoint endpoint();

    /** Whether a create sent twice with one {@code Idempotency-Key} makes one batch. */
    boolean honoursIdempotencyKeys() throws InterruptedException;

    /** Whether the server said with its last answer that it does so. */
    boolean offers(Extension extension);

    /**
     * Submits a batch.
     *
     * @param idempotencyKey the same for every try of the same batch, fresh for another
     * @throws AnswerLostException if the batch may exist although no answer says so
     * @throws RefusedException if the endpoint refused it; no batch was made
     * @throws UnreachableException if no connection stood; no batch was made
     */
    BatchSnapshot create(RequestBody body, String idempotencyKey, CallTerms terms)
            throws InterruptedException;

    BatchSnapshot retrieve(String batchId) throws InterruptedException;

    /** The same; empty if the endpoint does not have it, or not for this key. */
    default Optional<BatchSnapshot> retrieveIfThere(String batchId) throws InterruptedException {
        try {
            return Optional.of(retrieve(batchId));
        } catch (RefusedException e) {
            if (e.isNotThere()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * One page of batches, newest first.
     *
     * @param after the {@link BatchPage#next} of the page before, null for the first
     */
    BatchPage list(int limit, @Nullable String after) throws InterruptedException;

    /** The results of an ended batch. */
    ResultStream results(String batchId) throws InterruptedException;

    /** How the upstreams of a Nightmail server stand, each as the server describes it. */
    List<JsonNode> upstreams() throws InterruptedException;

    /** Input tokens of a request as the endpoint counts them; free of charge. */
    long countTokens(byte[] request, CallTerms terms) throws InterruptedException;

    /** What the endpoint says of a model; free of charge. Empty if it does not tell. */
    Optional<ModelSeen> model(String id, CallTerms terms) throws InterruptedException;

    @Override
    void close();
}

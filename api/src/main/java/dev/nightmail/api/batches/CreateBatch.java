package dev.nightmail.api.batches;

import dev.nightmail.api.auth.Caller;
import dev.nightmail.api.exchange.Endpoint;
import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.api.exchange.HashedBody;
import dev.nightmail.api.exchange.PublicUrl;
import dev.nightmail.api.json.JsonScanner;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.key.Scope;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.desk.BatchDesk.Submission;
import dev.nightmail.engine.desk.BatchDesk.Submission.Accepted;
import dev.nightmail.engine.desk.BatchDesk.Submission.KeyReused;
import dev.nightmail.engine.desk.BatchDesk.Submission.Replayed;
import dev.nightmail.engine.desk.BatchDesk.Terms;
import java.io.IOException;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/messages/batches}: takes in a batch as a stream. */
final class CreateBatch implements Endpoint {

    private static final int KEY_LENGTH_MAX = 255;
    private static final Pattern RETRY_COUNT = Pattern.compile("[0-9]{1,6}");
    private static final int UNPROCESSABLE = 422;

    /** What a create needs beside its scanner: blocks to hash, to write and to flush. */
    private static final int BUFFER_BYTES = 1_600 * 1024;

    private final BatchDesk desk;
    private final PublicUrl publicUrl;
    private final RandomGenerator random;
    private final ThreadFactory hashers = Thread.ofVirtual().name("body-hash-", 0).factory();

    CreateBatch(BatchDesk desk, PublicUrl publicUrl, RandomGenerator random) {
        this.desk = desk;
        this.publicUrl = publicUrl;
        this.random = random;
    }

    @Override
    public void answer(Exchange exchange, Caller caller, String id) throws IOException {
        var idempotencyKey = idempotencyKey(exchange);
        switch (takeIn(exchange, caller, idempotencyKey)) {
            case Accepted(var batch) ->
                    exchange.respond(200, BatchJson.batch(batch, publicUrl.of(exchange)));
            case Replayed(var batch) -> {
                exchange.response().getHeaders().put("idempotent-replayed", "true");
                var shown = caller.allows(Scope.READ) ? batch : asAccepted(batch, caller);
                exchange.respond(200, BatchJson.batch(shown, publicUrl.of(exchange)));
            }
            case KeyReused _ ->
                    throw ApiError.of(
                                    UNPROCESSABLE,
                                    ErrorType.INVALID_REQUEST_ERROR,
                                    "idempotency-key: it was used before for another body")
                            .notWorthRetrying();
        }
    }

    /**
     * What a key that may not read learns of a batch that was there: the answer to its own create
     * once more, and of another key's batch nothing.
     */
    private static Batch asAccepted(Batch batch, Caller caller) {
        if (!batch.header().key().equals(caller.key())) {
            throw ApiError.of(
                            ErrorType.PERMISSION_ERROR,
                            "another key has created this batch already, and this key may not read it: it lacks the scope 'read'")
                    .notWorthRetrying();
        }
        return Batch.accepted(batch.header());
    }

    private Submission takeIn(Exchange exchange, Caller caller, @Nullable String idempotencyKey)
            throws IOException {
        var betas = exchange.betas();
        var userProfileId = exchange.userProfileId();
        var limits = desk.limits();
        int paramsBytesMax = exchange.limits().paramsBytesMax();
        try (var memory = exchange.memory(caller)) {
            memory.take(BUFFER_BYTES);
            try (var body =
                            new HashedBody(
                                    exchange.body(limits.bodyBytesMax(), memory), this::hash);
                    var draft = desk.draft()) {
                var json = JsonScanner.of(body, paramsBytesMax, memory);
                new BatchReader(
                                json,
                                draft,
                                limits.requestsMax(),
                                paramsBytesMax,
                                random.nextLong())
                        .read();
                exchange.requireStillAllowed();
                return desk.submit(
                        draft,
                        new Terms(
                                caller.workspace(),
                                caller.key(),
                                exchange.apiVersion(),
                                betas,
                                userProfileId,
                                body.sha256(),
                                idempotencyKey,
                                resends(exchange)));
            }
        }
    }

    /** How often an official SDK says it has sent this call before; others do not say. */
    private static int resends(Exchange exchange) {
        var count = exchange.header("x-stainless-retry-count");
        return count != null && RETRY_COUNT.matcher(count).matches() ? Integer.parseInt(count) : 0;
    }

    private void hash(Runnable block) {
        hashers.newThread(block).start();
    }

    private static @Nullable String idempotencyKey(Exchange exchange) {
        var key = exchange.header("idempotency-key");
        if (key == null) {
            return null;
        }
        if (key.isEmpty()
                || key.length() > KEY_LENGTH_MAX
                || !key.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw ApiError.invalid("idempotency-key: expected 1 to 255 printable ASCII characters");
        }
        return key;
    }
}

package dev.nightmail.api.batches;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.api.auth.Caller;
import dev.nightmail.api.exchange.ClientGoneException;
import dev.nightmail.api.exchange.Endpoint;
import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.api.exchange.PublicUrl;
import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.desk.BatchDesk.StoppingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /nightmail/v1/batches/{id}/events}: the batch as it stands, as server-sent events:
 * now, whenever that changes, and a last time when it has ended. Each event carries the whole
 * batch, so none that is missed is missing: a slow client is told less often, and nothing is kept
 * for it. An event's id says how the batch stood; a client that comes back with it is not told the
 * same again, and one that had the last event is told that there is no more (204).
 */
final class ProgressEvents implements Endpoint {

    /** Shows the client that we are there, and us that it is. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    /** How soon the stream ends once the caller's key is revoked. */
    private static final Duration PERMISSION_CHECK = Duration.ofSeconds(2);

    /** At most four events a second: for eyes, and for programs that redraw. */
    private static final Duration PAUSE = Duration.ofMillis(250);

    private static final int NO_CONTENT = 204;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final BatchDesk desk;
    private final PublicUrl publicUrl;

    ProgressEvents(BatchDesk desk, PublicUrl publicUrl) {
        this.desk = desk;
        this.publicUrl = publicUrl;
    }

    @Override
    public void answer(Exchange exchange, Caller caller, String id)
            throws IOException, InterruptedException {
        var batch =
                desk.find(caller.workspace(), BatchEndpoints.known(id))
                        .orElseThrow(() -> BatchEndpoints.notFound(id));
        var lastSeen = exchange.header("last-event-id");
        if (batch.isOver() && eventId(batch).equals(lastSeen)) {
            exchange.response().setStatus(NO_CONTENT);
            exchange.write(true, NOTHING.duplicate());
            return;
        }
        begin(exchange);
        if (exchange.isHead()) {
            exchange.write(true, NOTHING.duplicate());
            return;
        }
        try (var watch = exchange.watchClient()) {
            try {
                follow(exchange, caller.workspace(), batch, lastSeen);
            } catch (InterruptedException e) {
                if (watch.clientIsGone()) {
                    throw new ClientGoneException(e);
                }
                throw e;
            } catch (StoppingException e) {
                // It ends without its last event: the client comes back, and finds the next server.
            }
        }
        exchange.write(true, NOTHING.duplicate());
    }

    private static void begin(Exchange exchange) {
        exchange.response().setStatus(200);
        exchange.beginEventStream("text/event-stream", "no-store");
    }

    private void follow(
            Exchange exchange, WorkspaceId workspace, Batch first, @Nullable String lastSeen)
            throws IOException, InterruptedException {
        var batch = first;
        if (eventId(batch).equals(lastSeen)) {
            heartbeat(exchange);
        } else {
            tell(exchange, batch);
        }
        var silence = Duration.ZERO;
        while (!batch.isOver()) {
            var next = desk.awaitChange(workspace, batch, PERMISSION_CHECK);
            // It ends as if the server had been stopped: the client comes back, and is told why.
            if (next.isEmpty() || !exchange.isStillAllowed()) {
                return;
            }
            if (!next.get().equals(batch)) {
                batch = next.get();
                silence = Duration.ZERO;
                tell(exchange, batch);
                continue;
            }
            silence = silence.plus(PERMISSION_CHECK);
            if (silence.compareTo(HEARTBEAT) >= 0) {
                silence = Duration.ZERO;
                heartbeat(exchange);
            }
        }
    }

    private void tell(Exchange exchange, Batch batch) throws IOException, InterruptedException {
        var event = new ByteArrayOutputStream();
        var name = batch.isOver() ? "ended" : "progress";
        event.writeBytes(
                "id: %s\nevent: %s\ndata: ".formatted(eventId(batch), name).getBytes(UTF_8));
        event.writeBytes(BatchJson.batch(batch, publicUrl.of(exchange)));
        event.writeBytes("\n\n".getBytes(UTF_8));
        exchange.write(false, ByteBuffer.wrap(event.toByteArray()));
        if (!batch.isOver()) {
            LockSupport.parkNanos(PAUSE.toNanos());
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private static void heartbeat(Exchange exchange) throws IOException {
        exchange.write(false, ByteBuffer.wrap(":\n\n".getBytes(UTF_8)));
    }

    /** Names a state of a batch: its counts only grow, and its status goes one way. */
    private static String eventId(Batch batch) {
        var counts = batch.counts();
        return BatchJson.processingStatus(batch) + "-" + (counts.total() - counts.processing());
    }
}

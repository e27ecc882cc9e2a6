package dev.nightmail.engine;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.memory.MemoryBudget;
import dev.nightmail.core.request.Request;
import dev.nightmail.core.request.RequestCheck;
import dev.nightmail.core.schedule.Effect.StartAttempt;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.engine.thread.Threads;
import dev.nightmail.engine.thread.Threads.Strand;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out attempts, each on a virtual thread of its own: reads the request, sends it, reports.
 * Every attempt reports once, whatever happens to it.
 */
final class Attempts {

    private static final Logger log = LoggerFactory.getLogger(Attempts.class);

    private static final JsonBytes OUR_FAULT =
            JsonBytes.of(
                    """
                    {"type":"error","error":{"type":"api_error",\
                    "message":"internal server error"},"request_id":null}\
                    """);

    /** All batches share a part of the memory; clients that wait have theirs. */
    private static final String HOLDER = "batches";

    /** Ordinary requests: as many as may be out at once take no more than a server must have. */
    private static final int UNCOUNTED_BYTES = 16 * 1024;

    private static final Duration MEMORY_REST = Duration.ofMillis(250);

    private final OpenBatches batches;
    private final Map<String, Upstream> upstreams;
    private final RequestCheck check;
    private final Consumer<Event> report;
    private final Predicate<BatchId> isOver;
    private final Threads threads;
    private final MemoryBudget memory;
    private final Map<Long, Strand> underWay = new ConcurrentHashMap<>();

    /**
     * @param isOver whether nothing more of a batch is sent: clients were told so, or its time is
     *     over
     */
    Attempts(
            OpenBatches batches,
            Map<String, Upstream> upstreams,
            RequestCheck check,
            Consumer<Event> report,
            Predicate<BatchId> isOver,
            Threads threads,
            MemoryBudget memory) {
        this.batches = batches;
        this.upstreams = upstreams;
        this.check = check;
        this.report = report;
        this.isOver = isOver;
        this.threads = threads;
        this.memory = memory;
    }

    void start(StartAttempt effect) {
        var strand = threads.virtual("attempt-" + effect.attempt(), () -> run(effect));
        underWay.put(effect.attempt(), strand);
        strand.start();
    }

    void abort(List<Long> attempts) {
        for (var attempt : attempts) {
            var strand = underWay.get(attempt);
            if (strand != null) {
                strand.interrupt();
            }
        }
    }

    private void run(StartAttempt effect) {
        try {
            report.accept(attempt(effect));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            report.accept(new Event.AttemptAborted(effect.attempt()));
        } catch (RuntimeException | Error e) {
            log.error(
                    "event=attempt_broke batch_id={} request={}",
                    effect.batch(),
                    effect.request(),
                    e);
            report.accept(new Event.RequestUnreadable(effect.attempt()));
        } finally {
            underWay.remove(effect.attempt());
        }
    }

    private Event attempt(StartAttempt effect) throws InterruptedException {
        var batch = batches.find(effect.batch());
        if (batch.isEmpty()) {
            // Its log is being opened again, or it has ended before the attempt began.
            return new Event.RequestUnreadable(effect.attempt());
        }
        int lineBytes = batch.get().files().requests().lineBytes(effect.request());
        try (var share = memory.open(HOLDER)) {
            if (lineBytes > UNCOUNTED_BYTES) {
                // Its line, and what is made of it on its way: waits for as long as it takes.
                while (!share.take(2L * lineBytes)) {
                    log.debug("event=attempt_waits_for_memory batch_id={}", effect.batch());
                    // Where too many wait already, that is said at once.
                    threads.mailbox().poll(MEMORY_REST);
                }
            }
            return attempt(effect, batch.get());
        }
    }

    private Event attempt(StartAttempt effect, OpenBatches.Opened batch)
            throws InterruptedException {
        Request request;
        try {
            request = batch.files().requests().read(effect.request());
        } catch (JournalException e) {
            log.error(
                    "event=request_unreadable batch_id={} request={} reason=\"{}\"",
                    effect.batch(),
                    effect.request(),
                    e.getMessage());
            return new Event.RequestUnreadable(effect.attempt());
        }
        // Before it goes out: should the process die of what comes back, the next one knows.
        var marks = batch.files().attempts();
        marks.mark(effect.request(), effect.count());
        if (isOver.test(effect.batch())) {
            // The disk may have taken its time, and meanwhile the client was told, or the window
            // has closed.
            marks.mark(effect.request(), effect.count() - 1);
            return new Event.AttemptAborted(effect.attempt());
        }
        var outcome = outcomeWhatever(effect, batch.header(), request);
        if (isFree(outcome)) {
            marks.mark(effect.request(), effect.count() - 1);
        }
        return new Event.AttemptFinished(effect.attempt(), request.customId(), outcome);
    }

    /** What we did not expect is a failure of this request too, and costs no other its turn. */
    private AttemptOutcome outcomeWhatever(StartAttempt effect, BatchHeader header, Request request)
            throws InterruptedException {
        try {
            return outcome(effect, header, request);
        } catch (RuntimeException | Error e) {
            log.error(
                    "event=attempt_broke batch_id={} request={} upstream={}",
                    effect.batch(),
                    effect.request(),
                    effect.upstream(),
                    e);
            // How far it got nobody knows.
            return AttemptOutcome.Failed.perhapsPaid("internal", null, OUR_FAULT);
        }
    }

    private AttemptOutcome outcome(StartAttempt effect, BatchHeader header, Request request)
            throws InterruptedException {
        var problem = check.problem(request.params(), header.apiVersion());
        if (problem.isPresent()) {
            return new AttemptOutcome.Refused(problem.get());
        }
        var upstream = upstreams.get(effect.upstream());
        if (upstream == null) {
            throw new IllegalStateException("no upstream is called " + effect.upstream());
        }
        return upstream.attempt(
                new Call(
                        new Call.Endpoint.Messages(),
                        request.params(),
                        header.apiVersion(),
                        header.betas(),
                        header.userProfileId(),
                        effect.timeout(),
                        effect.as(),
                        effect.cachesPrefix()));
    }

    /** Whether the request goes again as if it had not gone before. */
    private static boolean isFree(AttemptOutcome outcome) {
        return switch (outcome) {
            case AttemptOutcome.Throttled _,
                    AttemptOutcome.Unreachable _,
                    AttemptOutcome.Barred _ ->
                    true;
            case AttemptOutcome.Failed failed -> !failed.mayHaveCost();
            case AttemptOutcome.Answered _, AttemptOutcome.Refused _ -> false;
        };
    }
}

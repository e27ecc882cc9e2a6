package dev.nightmail.engine;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.request.Request;
import dev.nightmail.core.request.RequestCheck;
import dev.nightmail.core.schedule.Effect.StartAttempt;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Upstream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out attempts, each on a virtual thread of its own: reads the request, sends it, reports.
 */
final class Attempts {

    private static final Logger log = LoggerFactory.getLogger(Attempts.class);

    private final OpenBatches batches;
    private final Map<String, Upstream> upstreams;
    private final RequestCheck check;
    private final Consumer<Event> report;
    private final Map<Long, Thread> underWay = new ConcurrentHashMap<>();

    Attempts(
            OpenBatches batches,
            Map<String, Upstream> upstreams,
            RequestCheck check,
            Consumer<Event> report) {
        this.batches = batches;
        this.upstreams = upstreams;
        this.check = check;
        this.report = report;
    }

    void start(StartAttempt effect) {
        var thread =
                Thread.ofVirtual().name("attempt-" + effect.attempt()).unstarted(() -> run(effect));
        underWay.put(effect.attempt(), thread);
        thread.start();
    }

    void abort(List<Long> attempts) {
        for (var attempt : attempts) {
            var thread = underWay.get(attempt);
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    private void run(StartAttempt effect) {
        try {
            report.accept(attempt(effect));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            report.accept(new Event.AttemptAborted(effect.attempt()));
        } catch (JournalException e) {
            // The request could not be read, so nothing was sent. The lease of its chunk lapses,
            // and it is tried again.
            log.error(
                    "event=request_unreadable batch_id={} request={} reason=\"{}\"",
                    effect.batch(),
                    effect.request(),
                    e.getMessage());
        } finally {
            underWay.remove(effect.attempt());
        }
    }

    private Event attempt(StartAttempt effect) throws InterruptedException {
        var batch = batches.get(effect.batch());
        var header = batch.header();
        var request = batch.files().requests().read(effect.request());
        return new Event.AttemptFinished(
                effect.attempt(), request.customId(), outcome(effect, header, request));
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
                        effect.timeout()));
    }
}

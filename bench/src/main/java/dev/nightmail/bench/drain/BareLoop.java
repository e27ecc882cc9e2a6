package dev.nightmail.bench.drain;

import dev.nightmail.bench.workload.Workload;
import dev.nightmail.upstream.http.HttpCall;
import dev.nightmail.upstream.http.HttpExchanges;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of a batch with the server's own HTTP client and drops the answers: no
 * schedule, no journal, no reading of what came back.
 */
final class BareLoop {

    private static final Duration CALL_TIMEOUT = Duration.ofMinutes(1);
    private static final int ANSWER_BYTES_MAX = 1 << 20;
    private static final HttpHeaders HEADERS =
            new HttpHeaders(
                    List.of(
                            new HttpHeaders.Field("user-agent", "bench"),
                            new HttpHeaders.Field("anthropic-version", "2023-06-01"),
                            new HttpHeaders.Field("content-type", "application/json")));

    private final HttpExchanges http;
    private final URI url;
    private final int inFlight;

    BareLoop(HttpExchanges http, URI url, int inFlight) {
        this.http = http;
        this.url = url;
        this.inFlight = inFlight;
    }

    /** Returns when all are answered. */
    void run(Workload workload) throws InterruptedException {
        var next = new AtomicInteger();
        var failure = new AtomicReference<@Nullable HttpOutcome>();
        var callers = new ArrayList<Thread>(inFlight);
        for (int i = 0; i < inFlight; i++) {
            callers.add(
                    Thread.ofVirtual()
                            .name("caller-" + i)
                            .start(() -> call(workload, next, failure)));
        }
        for (var caller : callers) {
            caller.join();
        }
        if (failure.get() != null) {
            throw new IllegalStateException("a call failed: " + failure.get());
        }
    }

    private void call(
            Workload workload, AtomicInteger next, AtomicReference<@Nullable HttpOutcome> failure) {
        try {
            for (int number = next.getAndIncrement();
                    number < workload.requests() && failure.get() == null;
                    number = next.getAndIncrement()) {
                var outcome = http.exchange(call(workload.params(number)), ANSWER_BYTES_MAX);
                if (!(outcome instanceof HttpOutcome.Complete complete
                        && complete.status() == 200)) {
                    failure.set(outcome);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpCall call(byte[] params) {
        return new HttpCall("POST", url, HEADERS, params, CALL_TIMEOUT);
    }
}

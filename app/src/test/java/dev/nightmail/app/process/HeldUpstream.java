package dev.nightmail.app.process;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A Claude-shaped server that counts the calls for each question and gives as many answers as it is
 * allowed to; further calls are held. So a test stops a batch exactly where it wants it.
 */
final class HeldUpstream implements AutoCloseable {

    static final int CALLS_IN_FLIGHT_MAX = 64;

    private static final int PATIENCE_SECONDS = 60;

    private final Server server = new Server(threads());
    private final ServerConnector connector = new ServerConnector(server);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Integer, Integer> calls = new HashMap<>();
    private final Set<Integer> held = new HashSet<>();
    private int callCount;
    private long answersAllowed;
    private boolean closed;

    HeldUpstream() {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(
                new Handler.Abstract() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback)
                            throws IOException {
                        answer(request, response, callback);
                        return true;
                    }
                });
        LifeCycle.start(server);
    }

    private static QueuedThreadPool threads() {
        var threads = new QueuedThreadPool();
        threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
        return threads;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    /** So many more calls are answered; those that are held come first. */
    void allow(int answers) {
        lock.lock();
        try {
            answersAllowed += answers;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void allowAll() {
        allow(Integer.MAX_VALUE);
    }

    /** The questions whose calls are held, once there are as many as a server keeps in flight. */
    Set<Integer> awaitFullOfHeldCalls() {
        await(() -> held.size() >= CALLS_IN_FLIGHT_MAX);
        lock.lock();
        try {
            return Set.copyOf(held);
        } finally {
            lock.unlock();
        }
    }

    private void await(BooleanSupplier condition) {
        lock.lock();
        try {
            long nanos = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!condition.getAsBoolean()) {
                if (nanos <= 0) {
                    throw new AssertionError(
                            "%d calls came, %d are held".formatted(callCount, held.size()));
                }
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    int callCount() {
        lock.lock();
        try {
            return callCount;
        } finally {
            lock.unlock();
        }
    }

    /** Returns when so many calls have come since the beginning. */
    void awaitCalls(int count) {
        await(() -> callCount >= count);
    }

    /** How many calls came for each question that was asked at all. */
    Map<Integer, Integer> calls() {
        lock.lock();
        try {
            return Map.copyOf(calls);
        } finally {
            lock.unlock();
        }
    }

    /** The questions asked more than once. */
    List<Integer> repeated() {
        var repeated = new ArrayList<Integer>();
        calls().forEach((question, count) -> {
            if (count > 1) {
                repeated.add(question);
            }
        });
        return repeated;
    }

    private void answer(Request request, Response response, Callback callback) throws IOException {
        var body = Content.Source.asString(request);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        if (Request.getPathInContext(request).endsWith("/count_tokens")) {
            Content.Sink.write(response, true, "{\"input_tokens\":10}", callback);
            return;
        }
        if (request.getMethod().equals("GET")) {
            // Not every server tells of its models.
            response.setStatus(HttpStatus.NOT_FOUND_404);
            Content.Sink.write(
                    response,
                    true,
                    "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"there is nothing here\"}}",
                    callback);
            return;
        }
        int question = Questions.numberIn(body);
        if (!awaitTurn(question)) {
            response.setStatus(HttpStatus.SERVICE_UNAVAILABLE_503);
            callback.succeeded();
            return;
        }
        Content.Sink.write(response, true, message(question), callback);
    }

    private boolean awaitTurn(int question) {
        lock.lock();
        try {
            callCount++;
            calls.merge(question, 1, Integer::sum);
            held.add(question);
            changed.signalAll();
            while (answersAllowed == 0 && !closed) {
                changed.awaitUninterruptibly();
            }
            held.remove(question);
            answersAllowed--;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private static String message(int question) {
        return """
        {"id":"msg_%d","type":"message","role":"assistant","model":"claude-haiku-4-5",\
        "content":[{"type":"text","text":"%s"}],"stop_reason":"end_turn","stop_sequence":null,\
        "usage":{"input_tokens":10,"output_tokens":3}}\
        """
                .formatted(question, Questions.answer(question));
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        LifeCycle.stop(server);
    }
}

package dev.nightmail.engine;

import dev.nightmail.core.schedule.Effect;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.schedule.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that decides: reads reports, asks the scheduler, hands its effects on. It does no
 * I/O.
 */
final class SchedulerThread {

    private static final Logger log = LoggerFactory.getLogger(SchedulerThread.class);

    /** Time is looked at no less often, so that a clock that jumps is noticed. */
    private static final Duration NAP_MAX = Duration.ofSeconds(1);

    private static final int EVENTS_AT_ONCE = 1024;

    private final Scheduler scheduler;
    private final InstantSource clock;
    private final Consumer<Effect> effects;
    private final Consumer<Throwable> onFailure;
    private final LinkedBlockingQueue<Event> inbox = new LinkedBlockingQueue<>();
    private final CountDownLatch quiet = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean stopAsked;
    private volatile boolean abandonAsked;
    private volatile boolean ended;

    /**
     * @param onFailure told when a decision failed: the thread has ended, and nobody may trust the
     *     numbers any more
     */
    SchedulerThread(
            Scheduler scheduler,
            InstantSource clock,
            Consumer<Effect> effects,
            Consumer<Throwable> onFailure) {
        this.scheduler = scheduler;
        this.clock = clock;
        this.effects = effects;
        this.onFailure = onFailure;
        this.thread = Thread.ofPlatform().name("nightmail-scheduler").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void post(Event event) {
        inbox.add(event);
    }

    private void run() {
        var events = new ArrayList<Event>(EVENTS_AT_ONCE);
        try {
            while (!ended) {
                waitForEvents(events);
                decide(events);
                events.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            log.error("event=scheduler_failed", e);
            onFailure.accept(e);
        } finally {
            quiet.countDown();
        }
    }

    private void waitForEvents(List<Event> events) throws InterruptedException {
        var first = inbox.poll(nap(clock.instant()).toNanos(), TimeUnit.NANOSECONDS);
        events.add(first == null ? new Event.Tick() : first);
        inbox.drainTo(events, EVENTS_AT_ONCE - 1);
    }

    private Duration nap(Instant now) {
        var next = scheduler.nextTick().map(at -> Duration.between(now, at)).orElse(NAP_MAX);
        return next.compareTo(NAP_MAX) < 0 ? next : NAP_MAX;
    }

    private void decide(List<Event> events) {
        var now = clock.instant();
        for (var event : events) {
            scheduler.on(event, now).forEach(effects);
        }
        if (abandonAsked) {
            abandonAsked = false;
            scheduler.abandon().forEach(effects);
        }
        if (stopAsked && scheduler.isQuiet()) {
            quiet.countDown();
        }
    }

    /**
     * Starts no more calls, waits for those in flight and for their results to be durable, then
     * ends the thread.
     *
     * @param patience with the calls in flight; afterwards they are called off
     */
    void stop(Duration patience) throws InterruptedException {
        stopAsked = true;
        post(new Event.StopAsked());
        if (!quiet.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            log.warn("event=stop_overdue calls_called_off=true");
            abandonAsked = true;
            post(new Event.Tick());
            quiet.await(10, TimeUnit.SECONDS);
        }
        ended = true;
        post(new Event.Tick());
        thread.join();
    }
}

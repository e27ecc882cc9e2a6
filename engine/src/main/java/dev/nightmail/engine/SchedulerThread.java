package dev.nightmail.engine;

import dev.nightmail.core.schedule.Effect;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.schedule.Moment;
import dev.nightmail.core.schedule.Scheduler;
import dev.nightmail.core.schedule.UpstreamState;
import dev.nightmail.engine.thread.Mailbox;
import dev.nightmail.engine.thread.Threads;
import dev.nightmail.engine.thread.Threads.Strand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that decides: reads reports, asks the scheduler, hands its effects on. It does no
 * I/O.
 */
final class SchedulerThread {

    private static final Logger log = LoggerFactory.getLogger(SchedulerThread.class);

    /** The clocks are looked at no less often, so that one that was set is noticed. */
    private static final Duration NAP_MAX = Duration.ofSeconds(1);

    /** How the upstreams stand is looked at no more often: it is nobody's business but people's. */
    private static final Duration LOOK_MIN = Duration.ofMillis(500);

    private static final int EVENTS_AT_ONCE = 1024;

    /** For calls to end that were called off, and for what they brought to be stored. */
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(10);

    private final Scheduler scheduler;
    private final Moments moments;
    private final Consumer<Effect> effects;
    private final Consumer<Throwable> onFailure;
    private final Mailbox<Event> inbox;
    private final Mailbox<Boolean> quiet;
    private final Mailbox<Boolean> over;
    private final Strand thread;
    private volatile List<UpstreamState> upstreams;
    private Instant lookedAt;
    private boolean started;
    private volatile boolean stopAsked;
    private volatile boolean abandonAsked;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;

    /**
     * @param onFailure told when a decision failed, or something a decision waits for: the thread
     *     has ended, and nobody may trust the numbers any more
     */
    SchedulerThread(
            Scheduler scheduler,
            Moments moments,
            Consumer<Effect> effects,
            Threads threads,
            Consumer<Throwable> onFailure) {
        this.scheduler = scheduler;
        this.moments = moments;
        this.effects = effects;
        this.onFailure = onFailure;
        var now = moments.now();
        this.upstreams = scheduler.upstreams(now);
        this.lookedAt = now.steady();
        this.inbox = threads.mailbox();
        this.quiet = threads.mailbox();
        this.over = threads.mailbox();
        // A virtual one: what reports to it most are virtual threads too, and it takes over from
        // them without a wake-up by the operating system.
        this.thread = threads.virtual("nightmail-scheduler", this::run);
    }

    void start() {
        started = true;
        thread.start();
    }

    void post(Event event) {
        inbox.put(event);
    }

    /** Ends the thread: something it relies on has failed in a way that nobody foresaw. */
    void fail(Throwable cause) {
        failure = cause;
        post(new Event.Tick());
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
            quiet.put(true);
            over.put(true);
        }
    }

    private void waitForEvents(List<Event> events) throws InterruptedException {
        var first = inbox.poll(nap());
        events.add(first == null ? new Event.Tick() : first);
        inbox.drainTo(events, EVENTS_AT_ONCE - 1);
    }

    private Duration nap() {
        var next = scheduler.untilNextTick(moments.now()).orElse(NAP_MAX);
        return next.compareTo(NAP_MAX) < 0 ? next : NAP_MAX;
    }

    private void decide(List<Event> events) {
        var cause = failure;
        if (cause != null) {
            throw new IllegalStateException("a part of the engine has failed", cause);
        }
        var now = moments.now();
        for (var event : events) {
            scheduler.on(event, now).forEach(effects);
        }
        if (abandonAsked) {
            abandonAsked = false;
            scheduler.abandon().forEach(effects);
        }
        look(now);
        if (stopAsked && scheduler.isQuiet()) {
            quiet.put(true);
        }
    }

    private void look(Moment now) {
        if (!now.steady().isBefore(lookedAt.plus(LOOK_MIN))) {
            lookedAt = now.steady();
            upstreams = scheduler.upstreams(now);
        }
    }

    /** How the upstreams stood at most a second ago. For any thread. */
    List<UpstreamState> upstreams() {
        return upstreams;
    }

    /** Starts no more calls. What is in flight goes on. */
    void stopCalling() {
        post(new Event.StopAsked());
    }

    /**
     * Starts no more calls, waits for those in flight and for their results to be durable, then
     * ends the thread. Nothing happens if it was never started.
     *
     * @param patience with the calls in flight; afterwards they are called off
     */
    void stop(Duration patience) throws InterruptedException {
        if (!started) {
            return;
        }
        stopAsked = true;
        stopCalling();
        if (quiet.poll(patience) == null) {
            log.warn("event=stop_overdue calls_called_off=true");
            abandonAsked = true;
            post(new Event.Tick());
            if (quiet.poll(LAST_PATIENCE) == null) {
                log.error("event=stopped_before_all_was_stored what_is_missing_is_run_again=true");
            }
        }
        ended = true;
        post(new Event.Tick());
        over.take();
    }
}

package dev.nightmail.core.schedule;

import dev.nightmail.core.schedule.Effect.PassRefusalOn;
import dev.nightmail.core.schedule.Effect.RetryInteractive;
import dev.nightmail.core.schedule.Event.InteractiveRefused;
import dev.nightmail.core.schedule.Event.InteractiveRefused.Refusal;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Interactive calls that were refused for want of room which calls of batches took. What our own
 * batches cause is no business of a client: the call waits for a bounded time and is tried again,
 * as soon as a call of a batch ends where there was no place (529), or when the upstream said so
 * (429, {@code retry-after}). Meanwhile batches give way there: none of their calls sets out until
 * the interactive one has.
 *
 * <p>A refusal that no batch has caused is passed on at once, and so is one whose {@code
 * retry-after} is further away than the call may wait. So batches cannot be held up for ever: they
 * give way only as long as calls of theirs are under way.
 */
final class InteractiveRetries {

    /** Where nothing says when there is room, that is found out after so long, then twice that. */
    private static final Duration RETRY_MIN = Duration.ofMillis(100);

    private static final int DOUBLINGS_MAX = 4;

    private final Timers timers;
    private final Consumer<Effect> effects;

    /** In the order in which they came. */
    private final Map<Long, InteractiveRefused> waiting = new LinkedHashMap<>();

    /** Those that were told to go again, and have not set out yet, with where to. */
    private final Map<Long, String> settingOut = new HashMap<>();

    /** How many wait for each upstream, or are about to set out there. */
    private final Map<String, Integer> awaited = new HashMap<>();

    InteractiveRetries(Timers timers, Consumer<Effect> effects) {
        this.timers = timers;
        this.effects = effects;
    }

    /** Whether batches have to give way at this upstream. */
    boolean goFirst(String upstream) {
        return awaited.containsKey(upstream);
    }

    /**
     * @param causedByBatches whether calls of batches took the room that was missing
     */
    void refused(InteractiveRefused call, Predicate<Refusal> causedByBatches, Moment now) {
        var patience = call.patience();
        var worthIt =
                call.refusals().stream()
                        .filter(refusal -> isWithin(refusal.retryAfter(), patience))
                        .filter(causedByBatches)
                        .toList();
        if (worthIt.isEmpty() || !patience.isPositive()) {
            effects.accept(new PassRefusalOn(call.call()));
            return;
        }
        waiting.put(
                call.call(), new InteractiveRefused(call.call(), call.tries(), worthIt, patience));
        timers.after(patience, now, new Timer.Due.InteractiveOverdue(call.call()));
        for (var refusal : worthIt) {
            count(refusal.upstream(), 1);
            timers.after(
                    wait(refusal.retryAfter(), call.tries()),
                    now,
                    new Timer.Due.InteractiveRetry(call.call(), call.tries(), refusal.upstream()));
        }
    }

    private static boolean isWithin(@Nullable Duration retryAfter, Duration patience) {
        return retryAfter == null || retryAfter.compareTo(patience) < 0;
    }

    private static Duration wait(@Nullable Duration retryAfter, int tries) {
        var backoff = RETRY_MIN.multipliedBy(1L << Math.min(tries - 1, DOUBLINGS_MAX));
        return retryAfter != null && retryAfter.isPositive() ? retryAfter : backoff;
    }

    /** A call of a batch has ended there: its place is free. */
    void placeIsFree(String upstream) {
        if (!goFirst(upstream)) {
            return;
        }
        for (var call : waiting.values()) {
            if (call.refusals().stream().anyMatch(refusal -> waitsForPlace(refusal, upstream))) {
                retry(call, upstream);
                return;
            }
        }
    }

    private static boolean waitsForPlace(Refusal refusal, String upstream) {
        var retryAfter = refusal.retryAfter();
        return refusal.noPlace()
                && refusal.upstream().equals(upstream)
                && (retryAfter == null || retryAfter.isZero());
    }

    /** It is time to look, whatever has become of the calls of batches. */
    void due(Timer.Due.InteractiveRetry due) {
        var call = waiting.get(due.call());
        if (call != null && call.tries() == due.tries()) {
            retry(call, due.upstream());
        }
    }

    private void retry(InteractiveRefused call, String upstream) {
        forget(call.call());
        settingOut.put(call.call(), upstream);
        count(upstream, 1);
        effects.accept(new RetryInteractive(call.call(), upstream));
    }

    void overdue(long call) {
        if (waiting.containsKey(call)) {
            forget(call);
            effects.accept(new PassRefusalOn(call));
        }
    }

    /** The call has set out, or its client is gone. */
    void forget(long call) {
        var waited = waiting.remove(call);
        if (waited != null) {
            waited.refusals().forEach(refusal -> count(refusal.upstream(), -1));
        }
        var upstream = settingOut.remove(call);
        if (upstream != null) {
            count(upstream, -1);
        }
    }

    private void count(String upstream, int more) {
        if (awaited.merge(upstream, more, Integer::sum) == 0) {
            awaited.remove(upstream);
        }
    }
}

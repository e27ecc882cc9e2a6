package dev.nightmail.engine;

import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.schedule.Event.InteractiveRefused.Refusal;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.engine.thread.Mailbox;
import dev.nightmail.engine.thread.Threads;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where interactive calls wait that were refused for want of room, until the scheduler says which
 * upstream to ask again, or that the refusal is to be passed on. Safe for many threads.
 */
final class InteractivePatience {

    /** A scheduler that is at work says so much sooner; one that was stopped never does. */
    private static final Duration VERDICT_OVERDUE = Duration.ofSeconds(1);

    private static final Duration IDLE = Duration.ofSeconds(1);

    private final Duration longest;
    private final Threads threads;
    private final LongSupplier nanoTime;
    private final Consumer<Event> post;
    private final Map<Long, Mailbox<Verdict>> waiting = new ConcurrentHashMap<>();

    private sealed interface Verdict {
        record Again(String upstream) implements Verdict {}

        record PassOn() implements Verdict {}
    }

    /**
     * @param longest for which a call may be tried again in all
     */
    InteractivePatience(
            Duration longest, Threads threads, LongSupplier nanoTime, Consumer<Event> post) {
        this.longest = longest;
        this.threads = threads;
        this.nanoTime = nanoTime;
        this.post = post;
    }

    /** The scheduler wants the call to be made again. */
    void again(long call, String upstream) {
        tell(call, new Verdict.Again(upstream));
    }

    /** The scheduler wants the refusal of the call to be passed on. */
    void passOn(long call) {
        tell(call, new Verdict.PassOn());
    }

    private void tell(long call, Verdict verdict) {
        var mailbox = waiting.get(call);
        if (mailbox != null) {
            mailbox.put(verdict);
        }
    }

    /** A call that has been refused begins to wait; its time runs from here. */
    Wait begin(long call) {
        return new Wait(call);
    }

    final class Wait implements AutoCloseable {
        private final long call;
        private final long fromNanos = nanoTime.getAsLong();
        private final Mailbox<Verdict> verdicts = threads.mailbox();
        private int tries;

        private Wait(long call) {
            this.call = call;
            waiting.put(call, verdicts);
        }

        /**
         * Waits until there may be room.
         *
         * @param refusals the latest of each upstream that was asked
         * @return the upstream to be asked again; null if there is none
         * @throws IOException if the client is gone
         */
        @Nullable String awaitRoom(List<Refusal> refusals, AnswerSink sink)
                throws IOException, InterruptedException {
            var left = left();
            if (!left.isPositive()) {
                return null;
            }
            post.accept(new Event.InteractiveRefused(call, ++tries, refusals, left));
            while (!left().plus(VERDICT_OVERDUE).isNegative()) {
                switch (verdicts.poll(IDLE)) {
                    case null -> sink.idle();
                    case Verdict.Again(var upstream) -> {
                        return upstream;
                    }
                    case Verdict.PassOn _ -> {
                        return null;
                    }
                }
            }
            return null;
        }

        private Duration left() {
            return longest.minusNanos(nanoTime.getAsLong() - fromNanos);
        }

        /** Nobody waits any longer, whatever came in between. */
        @Override
        public void close() {
            waiting.remove(call);
            if (tries > 0) {
                post.accept(new Event.InteractiveGone(call));
            }
        }
    }
}

package dev.nightmail.simulation.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.simulation.client.Account;
import dev.nightmail.simulation.client.Book;
import dev.nightmail.simulation.client.Conversation;
import dev.nightmail.simulation.fault.Fault;
import dev.nightmail.simulation.fault.Faults;
import dev.nightmail.simulation.turn.Baton;
import dev.nightmail.simulation.turn.Life;
import dev.nightmail.simulation.turn.Violation;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An upstream as one process has it. Every answer names its request and differs from every other,
 * so that a result can be traced to the call it came from.
 */
public final class SimulatedUpstream implements Upstream {

    private final String name;
    private final Life life;
    private final Baton baton;
    private final Book book;
    private final Faults faults;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final int places;
    private final boolean neverAnswers;
    private final Replies replies;
    private final Set<Account.Asking> batchCalls = new LinkedHashSet<>();
    private int interactiveCalls;

    /** An adapter has a defect and throws. */
    public static final class BrokenAdapterException extends IllegalStateException {
        private static final long serialVersionUID = 1;

        BrokenAdapterException() {
            super("simulated defect of an adapter");
        }
    }

    /**
     * @param places how many calls it works at, at the same time
     * @param neverAnswers whether every call hangs, faults or no faults
     */
    public SimulatedUpstream(
            String name,
            Life life,
            Baton baton,
            Book book,
            Faults faults,
            InstantSource clock,
            RandomGenerator random,
            int places,
            boolean neverAnswers) {
        this.name = name;
        this.life = life;
        this.baton = baton;
        this.book = book;
        this.faults = faults;
        this.clock = clock;
        this.random = random;
        this.places = places;
        this.neverAnswers = neverAnswers;
        this.replies = new Replies(name, ServiceTier.STANDARD, random);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public AttemptOutcome attempt(Call call) throws InterruptedException {
        // As an exchange does that is begun with an interrupt pending: nothing goes out.
        baton.sleepInterruptibly(Duration.ZERO);
        life.point("send");
        var id = id(call.body());
        var account = book.account(id);
        var asking = sending(id);
        if (isFull()) {
            asking.end(baton.nanos(), false, false);
            return new AttemptOutcome.Throttled(
                    null, replies.error(account, "overloaded_error"), Headroom.UNTOLD, true);
        }
        batchCalls.add(asking);
        try {
            var outcome = outcome(account, call.timeout());
            life.point("answered");
            asking.end(baton.nanos(), isDecisive(outcome), mayHaveCost(outcome));
            return outcome;
        } catch (InterruptedException e) {
            asking.end(baton.nanos(), false, false);
            throw e;
        } catch (RuntimeException e) {
            asking.end(baton.nanos(), false, true);
            throw e;
        } finally {
            batchCalls.remove(asking);
        }
    }

    private boolean isFull() {
        return batchCalls.size() + interactiveCalls >= places;
    }

    private Account.Asking sending(String id) {
        try {
            return book.sending(id, clock.instant(), baton.nanos());
        } catch (Violation e) {
            // The server takes whatever an adapter throws for a failed call.
            baton.fail(e);
            throw e;
        }
    }

    private static boolean isDecisive(AttemptOutcome outcome) {
        return outcome instanceof AttemptOutcome.Answered
                || outcome instanceof AttemptOutcome.Refused;
    }

    private static boolean mayHaveCost(AttemptOutcome outcome) {
        return outcome instanceof AttemptOutcome.Failed failed
                ? failed.mayHaveCost()
                : isDecisive(outcome);
    }

    private static String id(JsonBytes params) {
        var text = new String(params.array(), UTF_8);
        int from = text.indexOf("\"id\":\"") + 6;
        return text.substring(from, text.indexOf('"', from));
    }

    private AttemptOutcome outcome(Account account, Duration timeout) throws InterruptedException {
        var mood = neverAnswers ? Mood.HANGS : Mood.now(faults, account.entry().id());
        if (mood != Mood.ANSWERS) {
            baton.note("call " + mood);
        }
        return switch (mood) {
            case ANSWERS -> {
                var late = latency(account, timeout);
                yield late == null ? replies.answer(account) : late;
            }
            case REFUSES -> {
                var late = latency(account, timeout);
                yield late == null
                        ? new AttemptOutcome.Refused(
                                replies.error(account, "invalid_request_error"), Headroom.UNTOLD)
                        : late;
            }
            case FAILS -> {
                var late = latency(account, timeout);
                yield late == null
                        ? AttemptOutcome.Failed.unpaid(
                                "status 500", retryAfter(), replies.error(account, "api_error"))
                        : late;
            }
            case THROTTLES ->
                    new AttemptOutcome.Throttled(
                            retryAfter(),
                            replies.error(account, "rate_limit_error"),
                            Headroom.UNTOLD);
            case UNREACHABLE ->
                    new AttemptOutcome.Unreachable(
                            "connect refused", replies.error(account, "api_error"));
            case BARRED ->
                    new AttemptOutcome.Barred(
                            "the credential is not accepted", replies.error(account, "api_error"));
            case BABBLES -> {
                var late = latency(account, timeout);
                yield late == null
                        ? AttemptOutcome.Failed.perhapsPaid(
                                "bad answer", null, replies.error(account, "api_error"))
                        : late;
            }
            case HANGS -> {
                wait(Duration.ofDays(1000));
                // Called off, it answers after all.
                yield replies.answer(account);
            }
            case BREAKS -> {
                account.errors().add(INTERNAL);
                throw new BrokenAdapterException();
            }
        };
    }

    private static final String INTERNAL =
            "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"internal server error\"},\"request_id\":null}";

    /** The time an answer takes; if that is too long for the caller, how that ends. */
    private @Nullable AttemptOutcome latency(Account account, Duration timeout)
            throws InterruptedException {
        long nanos = Duration.ofMinutes(1).toNanos() >>> random.nextInt(30);
        var takes = Duration.ofNanos(random.nextLong(nanos) + 1);
        if (faults.isHealed() && takes.compareTo(timeout) >= 0) {
            takes = Duration.ofMillis(1);
        }
        if (takes.compareTo(timeout) < 0) {
            wait(takes);
            return null;
        }
        wait(timeout.isNegative() ? Duration.ZERO : timeout);
        return AttemptOutcome.Failed.perhapsPaid(
                "response timeout", null, replies.error(account, "timeout_error"));
    }

    private void wait(Duration time) throws InterruptedException {
        try {
            baton.sleepInterruptibly(time);
        } catch (InterruptedException e) {
            if (!faults.happens(Fault.CALL_DEAF)) {
                throw e;
            }
            // The answer was on its way already.
            baton.note("deaf");
            baton.sleep(Duration.ofNanos(random.nextLong(Duration.ofSeconds(30).toNanos())));
        }
    }

    private @Nullable Duration retryAfter() {
        return switch (random.nextInt(3)) {
            case 0 -> null;
            case 1 -> Duration.ZERO;
            default -> Duration.ofMillis(random.nextLong(20_000));
        };
    }

    @Override
    public ForwardOutcome forward(Call call, AnswerSink sink) throws InterruptedException {
        baton.sleepInterruptibly(Duration.ZERO);
        life.point("send");
        var conversation = book.conversation(id(call.body()));
        if (isFull()) {
            var retryAfter = random.nextInt(3) == 0 ? retryAfter() : null;
            conversation.refused(baton.nanos(), retryAfter, List.copyOf(batchCalls));
            return refused(
                    conversation,
                    new ForwardOutcome.Throttled(retryAfter, Headroom.UNTOLD, true),
                    529);
        }
        interactiveCalls++;
        try {
            return answered(conversation, call.timeout(), sink);
        } catch (IOException e) {
            sink.abort(e);
            return new ForwardOutcome.NoNews();
        } finally {
            interactiveCalls--;
            life.point("answered");
        }
    }

    private ForwardOutcome answered(Conversation conversation, Duration timeout, AnswerSink sink)
            throws IOException, InterruptedException {
        var mood = neverAnswers ? Mood.HANGS : Mood.now(faults, conversation.id());
        if (mood == Mood.UNREACHABLE) {
            return refused(conversation, new ForwardOutcome.Unreachable("connect refused"), 500);
        }
        if (mood == Mood.THROTTLES) {
            var throttled = new ForwardOutcome.Throttled(retryAfter(), Headroom.UNTOLD, false);
            return refused(conversation, throttled, 429);
        }
        long longest = Duration.ofMinutes(1).toNanos() >>> random.nextInt(30);
        var takes = Duration.ofNanos(random.nextLong(longest) + 1);
        if (mood == Mood.HANGS || takes.compareTo(timeout) >= 0) {
            baton.sleepInterruptibly(timeout);
            return refused(conversation, new ForwardOutcome.Failed("call timeout"), 504);
        }
        baton.sleepInterruptibly(takes);
        return switch (mood) {
            case ANSWERS -> answer(conversation, sink);
            case REFUSES -> refused(conversation, new ForwardOutcome.Answered(), 400);
            case FAILS -> refused(conversation, new ForwardOutcome.Failed("status 500"), 500);
            case BARRED -> refused(conversation, new ForwardOutcome.Barred("status 401"), 502);
            case BABBLES -> refused(conversation, new ForwardOutcome.Failed("bad answer"), 502);
            case BREAKS -> throw new BrokenAdapterException();
            case THROTTLES, UNREACHABLE, HANGS ->
                    throw new IllegalStateException("it has been answered");
        };
    }

    private ForwardOutcome answer(Conversation conversation, AnswerSink sink)
            throws IOException, InterruptedException {
        var answer = "answer %x to %s".formatted(random.nextLong(), conversation.id());
        conversation.said(answer);
        var bytes = answer.getBytes(UTF_8);
        int half = random.nextInt(bytes.length);
        sink.begin(200, Map.of());
        sink.write(bytes, 0, half);
        baton.sleepInterruptibly(Duration.ofMillis(random.nextInt(3_000)));
        if (faults.happens(Fault.CALL_FAILS)) {
            sink.breakOff(JsonBytes.of("{}"));
            return new ForwardOutcome.Failed("connection cut");
        }
        sink.write(bytes, half, bytes.length - half);
        sink.end();
        return new ForwardOutcome.Answered();
    }

    private ForwardOutcome refused(
            Conversation conversation, ForwardOutcome.News news, int status) {
        var error = "error %x to %s".formatted(random.nextLong(), conversation.id());
        conversation.said(error);
        return new ForwardOutcome.Refused(news, status, Map.of(), JsonBytes.of(error));
    }

    @Override
    public void close() {}
}

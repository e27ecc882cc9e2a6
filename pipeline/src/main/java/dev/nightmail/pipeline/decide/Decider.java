package dev.nightmail.pipeline.decide;

import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.decide.Effect.Lane;
import dev.nightmail.pipeline.decide.Report.Fetching;
import dev.nightmail.pipeline.decide.Report.Sending;
import dev.nightmail.pipeline.decide.RunTerms.Mode;
import dev.nightmail.pipeline.decide.Standing.Lacked;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a run does next. The caller carries the effects out and reports how they ended; a
 * {@link Report.Tick} is due at {@link #nextWake}. Called by one thread; never blocks.
 */
public final class Decider {

    /** What a request is likely to cost: known once the endpoint was asked for a sample. */
    @FunctionalInterface
    public interface Pricing {
        long likelyMicros(long requests, long paramsBytes);
    }

    /** Errors that pass need a moment to: each pause before a retry is four times the last. */
    private static final Duration RETRY_PAUSE_MIN = Duration.ofMillis(200);

    private static final Duration RETRY_PAUSE_MAX = Duration.ofMinutes(1);
    private static final int RETRY_PAUSE_GROWTH = 4;

    private static final Duration LACKING_PAUSE_MIN = Duration.ofSeconds(5);
    private static final Duration LACKING_PAUSE_MAX = Duration.ofMinutes(10);

    /** How long, in all, a run that is not to wait waits for candidates to end. */
    private static final Duration NO_WAIT_MAX = Duration.ofMinutes(1);

    private final RunTerms terms;
    private final Map<Integer, Standing> batches = new TreeMap<>();

    /** Since when the results of batches lacked some in an earlier run. */
    private final Map<Integer, Instant> lackingBefore = new TreeMap<>();

    private final Set<Lane> busy = EnumSet.noneOf(Lane.class);
    private final SendingPatience patience;
    private final PilotGate pilot;
    private final List<Effect> effects = new ArrayList<>();

    private Pricing pricing = (_, _) -> 0;
    private boolean chargesNothing;
    private boolean maySend;
    private boolean sourceRead;

    /** Records to send that no prepared batch has; what a lane did not report yet is not in it. */
    private long outstanding;

    private Effect.Wanted wanted = Effect.Wanted.ANY;
    private long toGather;
    private long spentMicros;
    private boolean budgetReached;
    private boolean overBudget;
    private boolean ended;

    private boolean looked;
    private Duration lookPause;
    private Instant nextLook = Instant.MIN;
    private boolean collectedInRound;
    private boolean sentSinceLook;
    private @Nullable Instant silentSince;

    private boolean sentOnce;
    private Duration retryPause = RETRY_PAUSE_MIN;
    private Instant retryAt = Instant.MIN;

    private boolean isJudging;
    private boolean toDeliver;
    private Duration noWaitLeft = NO_WAIT_MAX;
    private boolean leftOpen;
    private @Nullable EndpointException lastFailure;
    private Instant decidedAt = Instant.MIN;

    public Decider(RunTerms terms, long spentMicros) {
        this.terms = terms;
        this.spentMicros = spentMicros;
        this.patience = new SendingPatience(terms);
        this.pilot = new PilotGate(terms.pilotRequestsMax());
        this.lookPause = terms.pace().first();
    }

    // What an earlier run left

    /** A batch of which an earlier run did not learn whether the endpoint has it. */
    public void inDoubt(int batch, int requests, long paramsBytes, long likelyMicros) {
        batches.put(batch, Standing.InDoubt.of(requests, paramsBytes, likelyMicros));
    }

    /** A batch the endpoint has. */
    public void out(int batch, long likelyMicros, @Nullable Instant lackingSince) {
        batches.put(batch, new Standing.Out(likelyMicros));
        if (lackingSince != null) {
            lackingBefore.put(batch, lackingSince);
        }
    }

    /**
     * The first requests are to be sent alone.
     *
     * @param sent batches of theirs that an earlier run sent, or meant to send
     */
    public void pilot(List<Integer> sent) {
        pilot.isDue(sent);
    }

    /** From here on it is known what requests are likely to cost. */
    public void price(Pricing known) {
        pricing = known;
    }

    /** From here on no budget counts, since the endpoint charges nothing. */
    public void withoutCharge() {
        chargesNothing = true;
    }

    // Telling

    /**
     * When a {@link Report.Tick} is due: what was not yet when it was decided last, though it may
     * be by now. Empty: only another report changes anything.
     */
    public Optional<Instant> nextWake() {
        var times = new ArrayList<Instant>();
        if (terms.mode() == Mode.TO_THE_END) {
            if (maySend && hasOut() && !busy.contains(Lane.LOOK)) {
                times.add(nextLook);
            }
            if (!busy.contains(Lane.GATHER) && wantsGathering()) {
                times.add(retryAt);
            }
        }
        if (!busy.contains(Lane.SEND) && !leftOpen) {
            if (hasDoubts()) {
                times.add(later(earliestDoubt(), patience.nextTryAt()));
            } else if (mode() != Mode.COLLECT && hasNext() && maySend && hasRoom()) {
                times.add(patience.nextTryAt());
            }
        }
        lacking().map(Standing.Lacking::lacked).map(Lacked::until).forEach(times::add);
        return times.stream().filter(time -> time.isAfter(decidedAt)).min(Instant::compareTo);
    }

    /** Whether anything goes on that a report will come of. */
    public boolean isBusy() {
        return !busy.isEmpty() || isJudging;
    }

    public boolean budgetReached() {
        return budgetReached;
    }

    /** Whether the pilot failed, so that no more was sent. */
    public boolean isStoppedByPilot() {
        return pilot.hasFailed();
    }

    private Mode mode() {
        return terms.mode();
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    // Deciding

    public List<Effect> on(Report report, Instant now) {
        effects.clear();
        decidedAt = now;
        switch (report) {
            case Report.Tick _ -> {}
            case Report.Prepared(var batch, var requests, var paramsBytes) ->
                    batches.put(batch, new Standing.Ready(requests, paramsBytes));
            case Report.SendingAllowed() -> maySend = true;
            case Report.SourceRead(var left) -> {
                maySend = true;
                sourceRead = true;
                outstanding = left;
            }
            case Report.Gathered gathered -> gathered(gathered);
            case Report.Sent(var batch, var outcome) -> sent(batch, outcome, now);
            case Report.Seen(var batch, var snapshot) -> seen(batch, snapshot);
            case Report.Silent(var reason) -> silent(reason, now);
            case Report.Looked() -> looked(now);
            case Report.Fetched fetched -> fetched(fetched, now);
            case Report.Judged(var judgement) -> {
                isJudging = false;
                pilot.judged(judgement);
            }
            case Report.Delivered() -> busy.remove(Lane.DELIVER);
        }
        if (!ended) {
            goOn(now);
        }
        return List.copyOf(effects);
    }

    private void begin(Effect.InLane effect) {
        busy.add(effect.lane());
        effects.add(effect);
    }

    private void fail(RuntimeException reason) {
        ended = true;
        effects.add(new Effect.Fail(reason));
    }

    private void goOn(Instant now) {
        look(now);
        fetch(now);
        judge();
        send(now);
        gather(now);
        deliver();
        if (!ended && isDone()) {
            ended = true;
            effects.add(new Effect.End());
        }
    }

    private boolean isDone() {
        if (isBusy() || toDeliver) {
            return false;
        }
        return switch (mode()) {
            case TO_THE_END ->
                    sourceRead && !hasOut() && !hasMore() && lacking().findAny().isEmpty();
            case SUBMIT -> sourceRead && looked && !hasEnded() && !hasSendable();
            case COLLECT -> looked && !hasEnded() && lacking().findAny().isEmpty();
        };
    }

    /** Whether there is something to send, now or after a wait. */
    private boolean hasMore() {
        return hasDoubts() || (!isStopped() && isAnyUnsent());
    }

    /** Whether a run that is not to wait has something to send yet. */
    private boolean hasSendable() {
        if (lastFailure != null || leftOpen) {
            return false;
        }
        return hasDoubts()
                || (!isStopped()
                        && hasRoom()
                        && (hasNext() || pilot.wanted(hasReady(), outstanding).isPresent()));
    }

    /** Whether nothing new is sent any more. */
    private boolean isStopped() {
        return budgetReached || pilot.hasFailed();
    }

    private boolean isAnyUnsent() {
        return hasReady() || outstanding > 0;
    }

    /** For a run that is not to wait: why nothing could be sent, if nothing is out either. */
    public Optional<EndpointException> failureWithNothingOut() {
        return hasOut() || hasDoubts() ? Optional.empty() : Optional.ofNullable(lastFailure);
    }

    // Asking how batches stand

    private boolean hasOut() {
        return batches.values().stream()
                .anyMatch(standing ->
                        standing instanceof Standing.Out
                                || standing instanceof Standing.Ended
                                || standing instanceof Standing.Fetching
                                || standing instanceof Standing.Lacking);
    }

    private long underWay() {
        return batches.values().stream()
                .filter(standing ->
                        !(standing instanceof Standing.Ready)
                                && !(standing instanceof Standing.InDoubt))
                .count();
    }

    private void look(Instant now) {
        if (busy.contains(Lane.LOOK) || (mode() != Mode.COLLECT && !maySend)) {
            return;
        }
        // One that lacks results is asked for, too: it may be gone, or end no more.
        var out = new ArrayList<Integer>();
        batches.forEach((batch, standing) -> {
            if (standing instanceof Standing.Out) {
                out.add(batch);
            }
        });
        boolean due =
                switch (mode()) {
                    case TO_THE_END -> !out.isEmpty() && !nextLook.isAfter(now);
                    case SUBMIT, COLLECT -> !looked;
                };
        if (!due) {
            return;
        }
        if (out.isEmpty()) {
            looked = true;
            return;
        }
        collectedInRound = false;
        sentSinceLook = false;
        begin(new Effect.Look(out));
    }

    private void seen(int batch, BatchSnapshot snapshot) {
        silentSince = null;
        if (batches.get(batch) instanceof Standing.Out(var likely) && snapshot.hasEnded()) {
            batches.put(batch, new Standing.Ended(likely, snapshot));
            collectedInRound = true;
        }
    }

    private void silent(EndpointException reason, Instant now) {
        var since = silentSince == null ? now : silentSince;
        silentSince = since;
        if (mode() == Mode.COLLECT) {
            fail(new SilentException(reason));
        } else if (Duration.between(since, now).compareTo(terms.patience()) > 0) {
            fail(reason);
        } else {
            effects.add(new Effect.TellSilent(String.valueOf(reason.getMessage())));
        }
    }

    private void looked(Instant now) {
        busy.remove(Lane.LOOK);
        looked = true;
        lookPause =
                collectedInRound || sentSinceLook
                        ? terms.pace().first()
                        : terms.pace().after(lookPause);
        nextLook = now.plus(lookPause);
    }

    // Fetching results

    private boolean hasEnded() {
        return batches.values().stream()
                .anyMatch(standing ->
                        standing instanceof Standing.Ended
                                || standing instanceof Standing.Fetching);
    }

    private Stream<Standing.Lacking> lacking() {
        return batches.values().stream()
                .filter(Standing.Lacking.class::isInstance)
                .map(Standing.Lacking.class::cast);
    }

    private void fetch(Instant now) {
        if (busy.contains(Lane.FETCH)) {
            return;
        }
        for (var entry : batches.entrySet()) {
            int batch = entry.getKey();
            switch (entry.getValue()) {
                case Standing.Ended(var likely, var seen) -> {
                    var before = lackingBefore.remove(batch);
                    var lacked =
                            before == null
                                    ? Lacked.NOT_YET
                                    : new Lacked(before, Duration.ZERO, Instant.MIN);
                    fetch(batch, likely, seen, lacked, now);
                    return;
                }
                case Standing.Lacking(var likely, var seen, var lacked)
                        when !lacked.until().isAfter(now) -> {
                    // Others may have ended meanwhile.
                    looked = looked && mode() != Mode.COLLECT;
                    fetch(batch, likely, seen, lacked, now);
                    return;
                }
                default -> {}
            }
        }
    }

    private void fetch(int batch, long likely, BatchSnapshot seen, Lacked lacked, Instant now) {
        boolean isLast =
                lacked.everDid()
                        ? Duration.between(lacked.since(), now).compareTo(terms.missing()) >= 0
                        : !terms.missing().isPositive();
        batches.put(batch, new Standing.Fetching(likely, seen, lacked));
        begin(new Effect.Fetch(batch, seen, isLast));
    }

    private void fetched(Report.Fetched report, Instant now) {
        busy.remove(Lane.FETCH);
        spentMicros = report.spentMicros();
        outstanding += report.askAgain();
        toDeliver = true;
        if (!(batches.get(report.batch()) instanceof Standing.Fetching fetching)) {
            throw new IllegalStateException("batch " + report.batch() + " was not being fetched");
        }
        switch (report.outcome()) {
            case Fetching.Whole() -> {
                silentSince = null;
                batches.remove(report.batch());
                lookPause = terms.pace().first();
                nextLook = nextLook.isAfter(now.plus(lookPause)) ? now.plus(lookPause) : nextLook;
                if (sentOnce && report.askAgain() > 0) {
                    retryAt = now.plus(retryPause);
                    var longer = retryPause.multipliedBy(RETRY_PAUSE_GROWTH);
                    retryPause = longer.compareTo(RETRY_PAUSE_MAX) < 0 ? longer : RETRY_PAUSE_MAX;
                }
            }
            case Fetching.Lacking(var missing) -> {
                silentSince = null;
                lacks(report.batch(), fetching, missing, now);
            }
            case Fetching.Silent(var reason) -> {
                lookPause = terms.pace().after(lookPause);
                var lacked = fetching.lacked();
                batches.put(
                        report.batch(),
                        new Standing.Lacking(
                                fetching.likelyMicros(),
                                fetching.seen(),
                                new Lacked(lacked.since(), lacked.pause(), now.plus(lookPause))));
                silent(reason, now);
            }
        }
    }

    private void lacks(int batch, Standing.Fetching fetching, int missing, Instant now) {
        var before = fetching.lacked();
        var doubled = before.pause().multipliedBy(2);
        var pause =
                doubled.isZero()
                        ? LACKING_PAUSE_MIN
                        : doubled.compareTo(LACKING_PAUSE_MAX) < 0 ? doubled : LACKING_PAUSE_MAX;
        batches.put(
                batch,
                new Standing.Lacking(
                        fetching.likelyMicros(),
                        fetching.seen(),
                        new Lacked(
                                before.everDid() ? before.since() : now, pause, now.plus(pause))));
        effects.add(new Effect.TellLacking(batch, missing, pause));
    }

    // Sending

    private boolean hasDoubts() {
        return batches.values().stream().anyMatch(Standing.InDoubt.class::isInstance);
    }

    private Instant earliestDoubt() {
        return batches.values().stream()
                .filter(Standing.InDoubt.class::isInstance)
                .map(standing -> ((Standing.InDoubt) standing).nextAt())
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }

    private boolean hasReady() {
        return batches.values().stream().anyMatch(Standing.Ready.class::isInstance);
    }

    /** Whether a prepared batch may be sent. */
    private boolean hasNext() {
        return pilot.next(batches).isPresent();
    }

    private boolean hasRoom() {
        return underWay() < terms.openBatchesMax();
    }

    private void send(Instant now) {
        if (mode() == Mode.COLLECT
                || busy.contains(Lane.SEND)
                || !maySend
                || leftOpen
                || patience.nextTryAt().isAfter(now)
                || (mode() == Mode.SUBMIT && (lastFailure != null || isStillTaking()))) {
            return;
        }
        for (var entry : batches.entrySet()) {
            if (entry.getValue() instanceof Standing.InDoubt doubt) {
                // First what is open; until then nothing new.
                if (!doubt.nextAt().isAfter(now)) {
                    settle(entry.getKey(), doubt);
                }
                return;
            }
        }
        if (!budgetReached && hasRoom()) {
            sendNext();
        }
    }

    /** What has ended may free something to send, so a run that leaves takes it first. */
    private boolean isStillTaking() {
        return !looked || busy.contains(Lane.LOOK) || hasEnded();
    }

    private void settle(int batch, Standing.InDoubt doubt) {
        if (doubt.looks() >= 2) {
            batches.put(
                    batch,
                    new Standing.Sending(
                            doubt.requests(), doubt.paramsBytes(), doubt.likelyMicros()));
            begin(new Effect.Send(batch, doubt.likelyMicros(), false));
        } else {
            begin(new Effect.Seek(batch));
        }
    }

    private void sendNext() {
        var next = pilot.next(batches).orElse(null);
        if (next == null
                || !(batches.get(next) instanceof Standing.Ready(var requests, var paramsBytes))) {
            return;
        }
        long likely = pricing.likelyMicros(requests, paramsBytes);
        if (!isWithinBudget(likely)) {
            // A smaller one may be.
            overBudget = true;
            return;
        }
        batches.put(next, new Standing.Sending(requests, paramsBytes, likely));
        begin(new Effect.Send(next, likely, pilot.begins(next)));
    }

    private boolean isWithinBudget(long likely) {
        var left = microsLeft();
        return left == null || likely <= left;
    }

    /** What may still be promised; null without a budget. */
    private @Nullable Long microsLeft() {
        var budget = chargesNothing ? null : terms.budgetMicros();
        return budget == null ? null : budget - spentMicros - likelyUnderWay();
    }

    private long likelyUnderWay() {
        return batches.values().stream().mapToLong(Standing::likelyMicros).sum();
    }

    private void sent(int batch, Sending outcome, Instant now) {
        busy.remove(Lane.SEND);
        switch (outcome) {
            case Sending.Submitted() -> {
                batches.put(batch, new Standing.Out(standing(batch).likelyMicros()));
                patience.succeeded();
                sentOnce = true;
                sentSinceLook = true;
                lookPause = terms.pace().first();
                nextLook = now.plus(lookPause);
            }
            case Sending.Abandoned() -> {
                batches.remove(batch);
                patience.succeeded();
            }
            case Sending.NotTaken(var reason) -> {
                batches.put(batch, readyAgain(standing(batch)));
                bear(reason, false, now);
            }
            case Sending.Open(var reason, var looksFirst) -> {
                batches.put(batch, doubtful(standing(batch)));
                bear(reason, looksFirst, now);
            }
            case Sending.NotThere() -> {
                if (standing(batch) instanceof Standing.InDoubt doubt) {
                    batches.put(
                            batch,
                            doubt.notThere(
                                    doubt.looks() == 0 ? now.plus(terms.lookAgainAfter()) : now));
                }
            }
            case Sending.NotToldYet() -> notToldYet(batch, now);
        }
    }

    private Standing standing(int batch) {
        var standing = batches.get(batch);
        if (standing == null) {
            throw new IllegalStateException("nothing is known of batch " + batch);
        }
        return standing;
    }

    private static Standing readyAgain(Standing standing) {
        return switch (standing) {
            case Standing.Sending(var requests, var bytes, _) ->
                    new Standing.Ready(requests, bytes);
            case Standing.InDoubt doubt ->
                    new Standing.Ready(doubt.requests(), doubt.paramsBytes());
            default -> standing;
        };
    }

    private static Standing doubtful(Standing standing) {
        return switch (standing) {
            case Standing.Sending(var requests, var bytes, var likely) ->
                    Standing.InDoubt.of(requests, bytes, likely);
            default -> standing;
        };
    }

    private void notToldYet(int batch, Instant now) {
        if (!(standing(batch) instanceof Standing.InDoubt doubt)) {
            return;
        }
        var wait =
                doubt.waited().isZero() ? terms.pace().first() : terms.pace().after(doubt.waited());
        if (mode() == Mode.SUBMIT) {
            noWaitLeft = noWaitLeft.minus(wait);
            if (noWaitLeft.isNegative()) {
                leftOpen = true;
                effects.add(new Effect.TellLeftOpen());
                return;
            }
        }
        batches.put(batch, doubt.notToldYet(wait, now.plus(wait)));
    }

    private void bear(EndpointException reason, boolean looksFirst, Instant now) {
        lastFailure = reason;
        var end = patience.bear(reason, looksFirst, underWay() > 0, now);
        if (end.isPresent()) {
            fail(end.get());
            return;
        }
        effects.add(
                new Effect.TellSendingFailed(
                        patience.failures(),
                        Duration.between(now, patience.nextTryAt()),
                        String.valueOf(reason.getMessage())));
    }

    // Gathering

    private boolean wantsGathering() {
        return sourceRead
                && mode() != Mode.COLLECT
                && !isStopped()
                && (overBudget
                        || (!hasNext()
                                && hasRoom()
                                && pilot.wanted(hasReady(), outstanding).isPresent()));
    }

    private void gather(Instant now) {
        if (busy.contains(Lane.GATHER)
                || !wantsGathering()
                || hasDoubts()
                || (mode() == Mode.SUBMIT && (lastFailure != null || isStillTaking()))
                || (mode() == Mode.TO_THE_END && !overBudget && retryAt.isAfter(now))) {
            return;
        }
        wanted =
                overBudget
                        ? pilot.wantedInstead()
                        : pilot.wanted(hasReady(), outstanding).orElseThrow();
        var dissolved = dissolved();
        if (dissolved != null
                && batches.remove(dissolved) instanceof Standing.Ready(var requests, _)) {
            outstanding += requests;
            pilot.dissolved(dissolved, requests);
        }
        overBudget = false;
        toGather = pilot.toGather(wanted, outstanding);
        begin(new Effect.Gather(wanted, dissolved, microsLeft()));
    }

    /** The batch that has to make way: it costs too much, or is larger than a pilot. */
    private @Nullable Integer dissolved() {
        if (overBudget) {
            return pilot.next(batches).orElse(null);
        }
        if (wanted != Effect.Wanted.A_PILOT || outstanding > 0) {
            return null;
        }
        return batches.entrySet().stream()
                .filter(entry -> entry.getValue() instanceof Standing.Ready)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    private void gathered(Report.Gathered gathered) {
        busy.remove(Lane.GATHER);
        var prepared = gathered.prepared();
        if (wanted == Effect.Wanted.THE_PILOTS) {
            pilot.gathered(Optional.ofNullable(prepared).map(Report.Prepared::batch));
        }
        if (prepared != null) {
            outstanding -= prepared.requests();
            batches.put(
                    prepared.batch(),
                    new Standing.Ready(prepared.requests(), prepared.paramsBytes()));
        } else if (gathered.isOverBudget()) {
            budgetReached = true;
            effects.add(new Effect.TellBudgetReached(likelyUnderWay()));
        } else {
            // Their requests are not kept any more: the next run reads them again.
            outstanding -= toGather;
        }
    }

    // The pilot

    /** Once the source is read it is known which of its records are still asked the same. */
    private void judge() {
        if (mode() != Mode.COLLECT
                && sourceRead
                && !isJudging
                && !busy.contains(Lane.GATHER)
                && !isStopped()
                && isAnyUnsent()
                && pilot.isToBeJudged(batches)) {
            isJudging = true;
            effects.add(new Effect.Judge());
        }
    }

    // Delivering

    private void deliver() {
        if (toDeliver && !busy.contains(Lane.DELIVER)) {
            toDeliver = false;
            begin(new Effect.Deliver());
        }
    }
}

package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.relay.RequestNumbers;
import dev.nightmail.core.result.Result;
import dev.nightmail.core.schedule.RelayQueue.Waiting;
import dev.nightmail.core.schedule.RelayUnderWay.Share;
import dev.nightmail.core.schedule.RelayUnderWay.Trouble;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import dev.nightmail.core.upstream.RelayedOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request to an upstream that takes batches, and back: who travels with whom, when,
 * and whether what comes back decides the request or puts it back.
 *
 * <p>A request that is out counts as in flight. It is out from the moment it is put into a relay
 * until its result is durable or the relay's record is gone, which is also how a start finds it:
 * see {@link RelayUnderWay}.
 *
 * <p>A provider cancels whole batches only, and what it has answered is paid for. So a relay is
 * canceled when nobody wants any more of it: when all whose requests are still open in it are being
 * canceled or have expired. Until then a batch that is being canceled gets what comes.
 */
final class Relaying {

    private static final Backoff RECOLLECTION =
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

    private final SchedulePolicy policy;
    private final Routes routes;
    private final RandomGenerator random;
    private final Timers timers;
    private final Storing storing;
    private final Consumer<Effect> effects;
    private final Map<String, RelayProvider> providers = new LinkedHashMap<>();
    private final Map<RelayId, RelayUnderWay> relays = new TreeMap<>();
    private final Map<BatchId, RunningBatch> running = new TreeMap<>();
    private final Map<BatchId, Map<String, Waiting>> waiting = new TreeMap<>();
    private boolean stopped;

    Relaying(
            SchedulePolicy policy,
            Map<String, RelayLimits> upstreams,
            Routes routes,
            RandomGenerator random,
            Timers timers,
            Storing storing,
            Consumer<Effect> effects) {
        this.policy = policy;
        this.routes = routes;
        this.random = random;
        this.timers = timers;
        this.storing = storing;
        this.effects = effects;
        upstreams.forEach((name, limits) ->
                providers.put(name, new RelayProvider(name, limits, policy.weights(), random)));
    }

    /** Whether requests that go this way are relayed. */
    boolean serves(Routes.Route route) {
        return upstreamOf(route).isPresent();
    }

    /** The upstream of a route that takes batches, if one does; it has no others then. */
    private Optional<String> upstreamOf(Routes.Route route) {
        return route.upstreams().stream().filter(providers::containsKey).findFirst();
    }

    private RelayProvider provider(String upstream) {
        var provider = providers.get(upstream);
        if (provider == null) {
            throw new IllegalStateException("no upstream that takes batches is called " + upstream);
        }
        return provider;
    }

    // Who takes part

    void stop() {
        stopped = true;
    }

    /** Marks what of a batch is out already, and lines up what is to be relayed. */
    void admit(RunningBatch batch) {
        if (providers.isEmpty() && relays.isEmpty()) {
            return;
        }
        running.put(batch.id(), batch);
        for (var relay : relaysOf(batch)) {
            var share = relay.share(batch.id());
            // What is not pending was settled before the relay's record could go.
            for (int number : share.open.stream().toArray()) {
                if (batch.isPending(number)) {
                    batch.sent(number);
                } else {
                    share.open.clear(number);
                }
            }
        }
        var upstreams =
                batch.batch().header().models().stream()
                        .map(model -> routes.routeFor(model).flatMap(this::upstreamOf).orElse(null))
                        .toList();
        for (int number = 0; number < batch.size(); number++) {
            var upstream = upstreams.get(batch.requests().model(number));
            if (upstream != null && batch.isPending(number) && !batch.isCanceling()) {
                lineUp(batch, upstream, number);
            }
        }
        relaysOf(batch).forEach(this::cancelUnlessWanted);
        relaysOf(batch).forEach(this::moveOn);
    }

    private void lineUp(RunningBatch batch, String upstream, int number) {
        var place =
                waiting.computeIfAbsent(batch.id(), _ -> new LinkedHashMap<>())
                        .computeIfAbsent(upstream, _ -> new Waiting(batch));
        provider(upstream).queue().add(place, number);
    }

    /** From here on its requests are put into relays, if they may be sent now. */
    void enter(RunningBatch batch, Moment now) {
        if (!batch.maySend()) {
            return;
        }
        waiting.getOrDefault(batch.id(), Map.of())
                .forEach((upstream, place) -> {
                    var provider = provider(upstream);
                    provider.queue().enter(place, now.steady());
                    timers.after(provider.linger(), now, new Timer.Due.Lingered());
                });
    }

    void leave(RunningBatch batch) {
        if (batch.isCanceling()) {
            // What waits is canceled as soon as that is durable, and must not go out before.
            drop(batch);
        }
        waiting.getOrDefault(batch.id(), Map.of())
                .forEach((upstream, place) -> provider(upstream).queue().leave(place));
        relaysOf(batch).forEach(this::cancelUnlessWanted);
    }

    /** What was open of it, waiting or out, has been decided as expired. */
    void expired(RunningBatch batch) {
        drop(batch);
        for (var relay : relaysOf(batch)) {
            var share = relay.share(batch.id());
            var late = (BitSet) share.open.clone();
            late.andNot(share.deciding);
            late.andNot(share.decided);
            share.late.or(late);
            share.decided.or(late);
            cancelUnlessWanted(relay);
        }
    }

    /** It is over: all of it is settled, and nothing of it is to be sent. */
    void over(RunningBatch batch) {
        drop(batch);
        running.remove(batch.id());
    }

    /** Nothing of it waits any more. */
    private void drop(RunningBatch batch) {
        var places = waiting.remove(batch.id());
        if (places != null) {
            places.forEach((upstream, place) -> provider(upstream).queue().leave(place));
        }
    }

    private List<RelayUnderWay> relaysOf(RunningBatch batch) {
        return relays.values().stream()
                .filter(relay -> relay.shares().containsKey(batch.id()))
                .toList();
    }

    /** How an upstream stands, with what is known of its batches if it takes any. */
    UpstreamState completed(UpstreamState upstream, Moment now) {
        var provider = providers.get(upstream.name());
        return provider == null ? upstream : provider.completed(upstream, now);
    }

    // Out

    void dispatch(Moment now) {
        if (stopped) {
            return;
        }
        providers.forEach((name, provider) -> {
            for (var load = provider.next(now.steady());
                    load != null;
                    load = provider.next(now.steady())) {
                submit(new RelayUnderWay(new Relay(newId(now), name, load.terms(), load.parts())));
            }
        });
    }

    private RelayId newId(Moment now) {
        return RelayId.create(now.wall(), random);
    }

    private void submit(RelayUnderWay relay) {
        begun(relay);
        for (var part : relay.relay().parts()) {
            var batch = batch(part.batch());
            relay.share(part.batch()).open.or(part.requests().toBitSet());
            part.requests().stream().forEach(batch::sent);
        }
        effects.accept(new Effect.SubmitRelay(relay.relay(), isOfOneKey(relay)));
    }

    /** Of batches that are over nobody here knows the key: that counts as another one. */
    private boolean isOfOneKey(RelayUnderWay relay) {
        var keys = new HashSet<Optional<KeyId>>();
        for (var part : relay.relay().parts()) {
            keys.add(Optional.ofNullable(running.get(part.batch())).map(Relaying::keyOf));
        }
        return keys.size() == 1 && !keys.contains(Optional.<KeyId>empty());
    }

    private static KeyId keyOf(RunningBatch batch) {
        return batch.batch().header().key();
    }

    private RunningBatch batch(BatchId id) {
        var batch = running.get(id);
        if (batch == null) {
            throw new IllegalStateException("a relay of " + id + ", which is not running");
        }
        return batch;
    }

    private void begun(RelayUnderWay relay) {
        relays.put(relay.relay().id(), relay);
        providerOf(relay).ifPresent(provider -> provider.begun(relay));
    }

    private void ended(RelayUnderWay relay) {
        relays.remove(relay.relay().id());
        providerOf(relay).ifPresent(provider -> provider.ended(relay));
    }

    /** Empty if the configuration does not have it any more. */
    private Optional<RelayProvider> providerOf(RelayUnderWay relay) {
        return Optional.ofNullable(providers.get(relay.relay().upstream()));
    }

    /** Its requests are out, as the last process left them. */
    void recovered(Relay found, Set<BatchId> runningBatches) {
        var relay = new RelayUnderWay(found);
        begun(relay);
        for (var part : found.parts()) {
            if (runningBatches.contains(part.batch())) {
                relay.share(part.batch()).open.or(part.requests().toBitSet());
            }
        }
        relay.awaiting().addAll(relay.shares().keySet());
        resumeUnlessAwaiting(relay);
    }

    /** What it brings can be taken when its batches are open, or will not be so soon. */
    private void resumeUnlessAwaiting(RelayUnderWay relay) {
        if (relay.awaiting().isEmpty()) {
            effects.accept(new Effect.ResumeRelay(relay.relay().id()));
            cancelUnlessWanted(relay);
        }
    }

    /** A batch was tried to be opened, whether that went well or not. */
    void opened(BatchId batch) {
        for (var relay : relays.values()) {
            if (relay.awaiting().remove(batch)) {
                resumeUnlessAwaiting(relay);
            }
        }
    }

    /** Has a relay canceled of which nobody wants any more. */
    private void cancelUnlessWanted(RelayUnderWay relay) {
        boolean wanted =
                relay.shares().entrySet().stream()
                        .anyMatch(share -> isWanted(share.getKey(), share.getValue()));
        boolean begun = relay.awaiting().isEmpty();
        if (begun && !wanted && !relay.isDone() && relay.askCancel()) {
            effects.accept(new Effect.CancelRelay(relay.relay().id()));
        }
    }

    private boolean isWanted(BatchId id, Share share) {
        var batch = running.get(id);
        if (batch != null && batch.isCanceling()) {
            return false;
        }
        var open = (BitSet) share.open.clone();
        open.andNot(share.late);
        return !open.isEmpty();
    }

    // And back

    void submitted(RelayId id) {
        withRelay(id, relay -> providerOf(relay).ifPresent(RelayProvider::worked));
    }

    void inDoubt(RelayId id, String reason, Moment now) {
        withRelay(
                id,
                relay ->
                        providerOf(relay)
                                .ifPresent(provider -> provider.inDoubt(reason, now.wall())));
    }

    /** What comes back canceled waits until a person says that it may be sent again. */
    void canceledElsewhere(RelayId id, Moment now) {
        withRelay(id, relay -> hold(relay.relay().upstream(), now));
    }

    void hold(String upstream, Moment now) {
        var provider = providers.get(upstream);
        if (provider != null && provider.hold(now.wall())) {
            effects.accept(new Effect.RelaysHeld(upstream));
        }
    }

    void resume(String upstream) {
        var provider = providers.get(upstream);
        if (provider != null) {
            provider.resume();
            effects.accept(new Effect.RelaysResumed(upstream));
        }
    }

    private void withRelay(RelayId id, Consumer<RelayUnderWay> step) {
        var relay = relays.get(id);
        if (relay != null) {
            step.accept(relay);
        }
    }

    void answered(RelayId id, List<Event.RelayAnswered.Answer> group, Moment now) {
        withRelay(
                id,
                relay -> {
                    relay.groupTaken();
                    group.forEach(answer -> take(relay, answer, now));
                    moveOn(relay);
                });
    }

    private void take(RelayUnderWay relay, Event.RelayAnswered.Answer answer, Moment now) {
        var share = relay.shares().get(answer.batch());
        int number = answer.request();
        if (share == null || !(share.open.get(number) || share.late.get(number))) {
            // Settled before, when the same was collected for the first time.
            return;
        }
        var batch = running.get(answer.batch());
        if (share.late.get(number)) {
            if (answer.outcome()
                    instanceof RelayedOutcome.Tried(Answered(var _, var _, var _, var _))) {
                relay.discard();
            }
        } else if (batch != null && !batch.storageFails() && batch.isInFlight(number)) {
            settle(relay, share, batch, number, answer.outcome(), now);
        }
        // Else it is passed over, and collected again later.
    }

    private void settle(
            RelayUnderWay relay,
            Share share,
            RunningBatch batch,
            int number,
            RelayedOutcome outcome,
            Moment now) {
        switch (outcome) {
            case RelayedOutcome.Tried(Answered(var message, var usage, var billing, var _)) -> {
                relay.broughtResult();
                decide(share, batch, number, new Result.Succeeded(message, usage, billing), now);
            }
            case RelayedOutcome.Tried(Refused(var error, var _, var charge)) -> {
                relay.broughtResult();
                decide(share, batch, number, new Result.Errored(error, charge), now);
            }
            case RelayedOutcome.Tried(Failed(var phase, var _, var error, var _)) -> {
                relay.failed(new Trouble("its requests fail (" + phase + ")", false));
                if (batch.countAttempt(number) >= policy.attemptsMax()) {
                    decide(share, batch, number, new Result.Errored(error), now);
                } else {
                    putBack(share, number);
                }
            }
            case RelayedOutcome.Tried(Barred(var reason, var _)) -> {
                relay.failed(new Trouble(reason, true));
                putBack(share, number);
            }
            case RelayedOutcome.Tried(Throttled _), RelayedOutcome.Tried(Unreachable _) -> {
                relay.failed(new Trouble("it had no room for its requests", false));
                putBack(share, number);
            }
            case RelayedOutcome.Expired _ -> {
                relay.failed(new Trouble("its requests expired", false));
                putBack(share, number);
            }
            case RelayedOutcome.Canceled _ -> putBack(share, number);
            case RelayedOutcome.Unread _ -> {
                // It never was in the record, and nothing but time helps.
                share.open.clear(number);
                if (batch.isCancelRecorded()) {
                    storing.decide(batch, number, null, new Result.Canceled(), now);
                    break;
                }
                batch.takenBack(number);
                var wait = RECOLLECTION.delay(batch.countUnreadable(), random);
                timers.after(
                        wait,
                        now,
                        new Timer.Due.Rereading(batch.id(), relay.relay().upstream(), number));
            }
        }
        storing.moveOn(batch);
    }

    /** A request that could not be read may be tried again. */
    void readable(RunningBatch batch, String upstream, int number, Moment now) {
        if (batch.isPending(number) && !batch.isCanceling()) {
            lineUp(batch, upstream, number);
            enter(batch, now);
        }
    }

    private void decide(Share share, RunningBatch batch, int number, Result result, Moment now) {
        // Under no custom_id of a call: a crash repeats no answer of a relay, so none is at stake.
        storing.decide(batch, number, null, result, now);
        share.deciding.set(number);
    }

    private static void putBack(Share share, int number) {
        share.open.clear(number);
        share.back.set(number);
    }

    /**
     * Results of a batch are durable.
     *
     * @param unnamed requests whose results were left out
     */
    void saved(RunningBatch batch, Set<Integer> unnamed) {
        for (var relay : relaysOf(batch)) {
            var share = relay.share(batch.id());
            forget(share, share.deciding, batch);
            forget(share, share.decided, batch);
            for (int number : unnamed) {
                if (share.deciding.get(number)) {
                    share.deciding.clear(number);
                    share.decided.set(number);
                }
            }
            moveOn(relay);
        }
    }

    private static void forget(Share share, BitSet decided, RunningBatch batch) {
        for (int number = decided.nextSetBit(0);
                number >= 0;
                number = decided.nextSetBit(number + 1)) {
            if (batch.isSettled(number)) {
                decided.clear(number);
                share.open.clear(number);
            }
        }
    }

    /** What it has decided it keeps; the other batches do not wait for it. */
    void storageFailed(RunningBatch batch) {
        for (var relay : relaysOf(batch)) {
            var share = relay.share(batch.id());
            share.decided.or(share.deciding);
            share.deciding.clear();
            moveOn(relay);
        }
    }

    private void moveOn(RelayUnderWay relay) {
        var id = relay.relay().id();
        if (relay.wantsMore()) {
            effects.accept(new Effect.MoreOf(id));
        }
        if (relay.isDone() && relay.close()) {
            effects.accept(new Effect.CloseRelay(id, relay.discarded()));
        }
    }

    /** The last of its outcomes has come; those that could not be taken are asked for again. */
    void collected(RelayId id, Moment now) {
        withRelay(
                id,
                relay -> {
                    if (relay.isAllDecided()) {
                        relay.collected();
                        moveOn(relay);
                    } else {
                        var wait = RECOLLECTION.delay(relay.countCollection(), random);
                        timers.after(wait, now, new Timer.Due.Recollection(id));
                    }
                });
    }

    void collectAgain(RelayId id) {
        withRelay(id, _ -> effects.accept(new Effect.CollectRelay(id)));
    }

    /**
     * None was made, since some of its requests are at fault. What the provider says of it may
     * repeat what a request holds; so the requests of each key are tried by themselves first, and
     * nobody's values decide, or are shown to, somebody else's. Then each half is tried by itself,
     * until those at fault are alone.
     */
    void refused(RelayId id, Refused outcome, Moment now) {
        withRelay(
                id,
                relay -> {
                    ended(relay);
                    if (stopped || isHeld(relay)) {
                        // Who is at fault is found out later.
                        relay.shares().values().forEach(share -> share.back.or(share.open));
                        freeBack(relay, now);
                        return;
                    }
                    cancelInFlight(relay, now);
                    var members = membersInFlight(relay);
                    if (!isOfOneKey(relay)) {
                        submitByKey(relay, members, now);
                        return;
                    }
                    // Of a larger one that has shrunk it may have been any that was at fault.
                    if (relay.countRefusal() && relay.relay().size() > 1) {
                        int half = members.size() / 2;
                        submitPiece(relay, members.subList(0, half), now);
                        submitPiece(relay, members.subList(half, members.size()), now);
                    } else {
                        for (var member : members) {
                            var error = new Result.Errored(outcome.error());
                            storing.decide(member.batch(), member.request(), null, error, now);
                        }
                    }
                    members.stream().map(Member::batch).distinct().forEach(storing::moveOn);
                });
    }

    private boolean isHeld(RelayUnderWay relay) {
        return providerOf(relay).map(RelayProvider::isHeld).orElse(false);
    }

    private void submitByKey(RelayUnderWay relay, List<Member> members, Moment now) {
        var byKey = new TreeMap<String, List<Member>>();
        for (var member : members) {
            byKey.computeIfAbsent(keyOf(member.batch()).value(), _ -> new ArrayList<>())
                    .add(member);
        }
        for (var ofOneKey : byKey.values()) {
            // With refusals of its own: what one key is refused costs another nothing.
            submit(new RelayUnderWay(part(relay.relay(), ofOneKey, now)));
        }
    }

    /** What nobody wants any more does not go out once more. */
    private void cancelInFlight(RelayUnderWay relay, Moment now) {
        for (var member : membersInFlight(relay)) {
            if (member.batch().isCanceling()) {
                release(member.batch(), relay.relay().upstream(), member.request(), now);
                storing.moveOn(member.batch());
            }
        }
    }

    private void submitPiece(RelayUnderWay relay, List<Member> members, Moment now) {
        if (!members.isEmpty()) {
            submit(relay.piece(part(relay.relay(), members, now)));
        }
    }

    private record Member(RunningBatch batch, int request) {}

    private List<Member> membersInFlight(RelayUnderWay relay) {
        var members = new ArrayList<Member>();
        relay.shares()
                .forEach((id, share) -> {
                    var batch = running.get(id);
                    if (batch != null) {
                        share.open.stream()
                                .filter(batch::isInFlight)
                                .forEach(number -> members.add(new Member(batch, number)));
                    }
                });
        return members;
    }

    private Relay part(Relay whole, List<Member> members, Moment now) {
        var numbers = new TreeMap<BatchId, BitSet>();
        for (var member : members) {
            numbers.computeIfAbsent(member.batch().id(), _ -> new BitSet()).set(member.request());
        }
        var parts = new ArrayList<Relay.Part>();
        numbers.forEach(
                (batch, requests) -> parts.add(new Relay.Part(batch, RequestNumbers.of(requests))));
        return new Relay(newId(now), whole.upstream(), whole.terms(), parts);
    }

    /**
     * None was made.
     *
     * @param why null if it was called off before it was sent
     */
    void notMade(RelayId id, @Nullable AttemptOutcome why, Moment now) {
        withRelay(
                id,
                relay -> {
                    if (why != null) {
                        rest(relay, why, now);
                    }
                    relay.shares().values().forEach(share -> share.back.or(share.open));
                    release(relay, now);
                });
    }

    /** Its record is gone: what was to be put back is free. */
    void closed(RelayId id, Moment now) {
        withRelay(id, relay -> release(relay, now));
    }

    private void release(RelayUnderWay relay, Moment now) {
        judge(relay, now);
        ended(relay);
        freeBack(relay, now);
    }

    /** Before its requests go again: the provider is given less to do while it does nothing. */
    private void judge(RelayUnderWay relay, Moment now) {
        var provider = providerOf(relay);
        if (relay.hasBroughtResults()) {
            provider.ifPresent(RelayProvider::broughtResults);
        }
        var trouble = relay.fruitless();
        if (trouble != null) {
            provider.map(one -> one.fruitless(trouble, now)).ifPresent(rest -> told(rest, now));
        }
    }

    private void told(RelayProvider.Rest rest, Moment now) {
        timers.after(rest.length(), now, new Timer.Due.PauseOver());
        effects.accept(rest.told());
    }

    private void freeBack(RelayUnderWay relay, Moment now) {
        relay.shares()
                .forEach((id, share) -> {
                    var batch = running.get(id);
                    if (batch != null) {
                        share.back.stream()
                                .filter(batch::isInFlight)
                                .forEach(number ->
                                        release(batch, relay.relay().upstream(), number, now));
                        enter(batch, now);
                        storing.moveOn(batch);
                    }
                });
    }

    private void release(RunningBatch batch, String upstream, int number, Moment now) {
        if (batch.isCancelRecorded()) {
            storing.decide(batch, number, null, new Result.Canceled(), now);
            return;
        }
        batch.takenBack(number);
        // One that is being canceled stays pending until that is durable, and is canceled then.
        if (!batch.isCanceling() && providers.containsKey(upstream)) {
            lineUp(batch, upstream, number);
        }
    }

    private void rest(RelayUnderWay relay, AttemptOutcome why, Moment now) {
        providerOf(relay)
                .map(provider -> provider.failed(why, now))
                .ifPresent(rest -> told(rest, now));
    }
}

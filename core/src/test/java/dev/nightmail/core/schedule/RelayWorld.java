package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.lease.WorkerId;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.upstream.RelayedOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** A scheduler whose only upstream takes batches; the test is the provider. */
final class RelayWorld {

    static final Duration LINGER = Duration.ofSeconds(5);

    final SchedulerWorld world;

    RelayWorld(RelayLimits limits) {
        world =
                new SchedulerWorld(
                        1,
                        SchedulePolicy.standard(new WorkerId("test")),
                        Map.of("claude", UpstreamTerms.calls(4)),
                        Map.of("claude", limits),
                        Routes.all("claude"));
    }

    RelayWorld() {
        this(limits(100));
    }

    static RelayLimits limits(int requestsMax) {
        return new RelayLimits(requestsMax, 1_000_000, 4, 1_000, LINGER);
    }

    static RelayedOutcome succeeded() {
        return new RelayedOutcome.Tried(SchedulerWorld.answer());
    }

    static RelayedOutcome errored() {
        return new RelayedOutcome.Tried(SchedulerWorld.refusal());
    }

    static RelayedOutcome failed() {
        return new RelayedOutcome.Tried(SchedulerWorld.failure());
    }

    /** The relays that were to be submitted since this was last asked. */
    List<Relay> submitted() {
        var submitted = effects(Effect.SubmitRelay.class);
        return submitted.stream().map(Effect.SubmitRelay::relay).toList();
    }

    /** The one relay that was to be submitted, once everybody has lingered. */
    Relay relay() {
        world.advance(LINGER);
        var submitted = submitted();
        if (submitted.size() != 1) {
            throw new AssertionError("expected one relay, but there are " + submitted.size());
        }
        return submitted.getFirst();
    }

    /** Takes those effects of a kind that have come. */
    <T extends Effect> List<T> effects(Class<T> kind) {
        var found = world.relays.stream().filter(kind::isInstance).map(kind::cast).toList();
        world.relays.removeAll(found);
        return found;
    }

    void answer(Relay relay, BiFunction<BatchId, Integer, RelayedOutcome> outcomes) {
        var group = new ArrayList<Event.RelayAnswered.Answer>();
        for (var part : relay.parts()) {
            part.requests().stream()
                    .forEach(number ->
                            group.add(
                                    new Event.RelayAnswered.Answer(
                                            part.batch(),
                                            number,
                                            outcomes.apply(part.batch(), number))));
        }
        world.on(new Event.RelayAnswered(relay.id(), group));
    }

    void answerAll(Relay relay, RelayedOutcome outcome) {
        answer(relay, (_, _) -> outcome);
    }

    void collected(Relay relay) {
        world.on(new Event.RelayCollected(relay.id()));
    }

    /** The record goes, if it is to go. */
    void close() {
        for (var closing : effects(Effect.CloseRelay.class)) {
            world.on(new Event.RelayClosed(closing.relay()));
        }
    }

    /** All of a relay comes to the same end, and is stored. */
    void finish(Relay relay, RelayedOutcome outcome) {
        answerAll(relay, outcome);
        collected(relay);
        world.store();
        close();
        world.store();
    }

    boolean isCanceled(RelayId id) {
        return effects(Effect.CancelRelay.class).contains(new Effect.CancelRelay(id));
    }
}

package dev.nightmail.engine.relay;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayedId;
import dev.nightmail.core.relay.RequestNumbers;
import dev.nightmail.core.schedule.Event.RelayAnswered.Answer;
import dev.nightmail.core.upstream.RelayedOutcome;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The requests of a relay, and which of them still have no outcome in this collection. */
final class Members {

    private final Relay relay;
    private final Map<BatchId, BitSet> unanswered = new LinkedHashMap<>();

    Members(Relay relay) {
        this.relay = relay;
        for (var part : relay.parts()) {
            unanswered.put(part.batch(), part.requests().toBitSet());
        }
    }

    int size() {
        return relay.size();
    }

    /** Whether the line is about one of these, whatever was said of it before. */
    boolean isOne(String customId) {
        return RelayedId.parse(customId, relay.id())
                .filter(id -> unanswered.containsKey(id.batch()))
                .isPresent();
    }

    /** The one of these that a line is about; empty if it is none, or has its outcome. */
    Optional<RelayedId> open(String customId) {
        return RelayedId.parse(customId, relay.id()).filter(this::isOpen);
    }

    private boolean isOpen(RelayedId id) {
        var open = unanswered.get(id.batch());
        return open != null && open.get(id.request());
    }

    /** The outcome with the request it belongs to; empty if that has one already. */
    Optional<Answer> answer(RelayedId id, RelayedOutcome outcome) {
        var open = unanswered.get(id.batch());
        if (open == null || !open.get(id.request())) {
            return Optional.empty();
        }
        open.clear(id.request());
        return Optional.of(new Answer(id.batch(), id.request(), outcome));
    }

    /** The same outcome for all that have none. */
    List<Answer> rest(RelayedOutcome outcome) {
        var answers = new ArrayList<Answer>();
        unanswered.forEach((batch, open) -> {
            open.stream().forEach(number -> answers.add(new Answer(batch, number, outcome)));
            open.clear();
        });
        return answers;
    }

    /** The same outcome for those at these positions, counted as they stand in the body. */
    List<Answer> at(Set<Integer> positions, RelayedOutcome outcome) {
        var answers = new ArrayList<Answer>();
        int position = 0;
        for (var part : relay.parts()) {
            for (var numbers = part.requests().iterator(); numbers.hasNext(); position++) {
                int number = numbers.nextInt();
                if (positions.contains(position)) {
                    answers.add(new Answer(part.batch(), number, outcome));
                }
            }
        }
        return answers;
    }

    /** The relay without those at these positions. */
    Relay without(Set<Integer> positions) {
        var parts = new ArrayList<Relay.Part>();
        int position = 0;
        for (var part : relay.parts()) {
            var left = new BitSet();
            for (var numbers = part.requests().iterator(); numbers.hasNext(); position++) {
                int number = numbers.nextInt();
                if (!positions.contains(position)) {
                    left.set(number);
                }
            }
            if (!left.isEmpty()) {
                parts.add(new Relay.Part(part.batch(), RequestNumbers.of(left)));
            }
        }
        return new Relay(relay.id(), relay.upstream(), relay.terms(), parts);
    }
}

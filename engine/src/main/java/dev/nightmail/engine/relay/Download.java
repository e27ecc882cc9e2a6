package dev.nightmail.engine.relay;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.relay.RelayedId;
import dev.nightmail.core.schedule.Event.RelayAnswered.Answer;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.RelayedOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one download of a relay's results says of each request. An answer was paid for, so it counts
 * whatever other lines there are for the same request, and wherever they stand: it is handed on as
 * it comes, and every other outcome only when the whole download holds no answer for its request.
 *
 * <p>Memory holds what is kept back up to a bound. Where that is not enough, the results are
 * downloaded once more ({@link #again}), now that it is known who has no answer.
 */
final class Download {

    /** Results without an answer are short, so that this is enough for 100,000 of most kinds. */
    static final int KEPT_BYTES_MAX = 32 << 20;

    /** What keeping one takes beside its error. */
    private static final int KEPT_BYTES_EACH = 120;

    private final Members members;
    private final int keptBytesMax;
    private final Map<RelayedId, RelayedOutcome> kept = new LinkedHashMap<>();
    private final Map<RelayedId, JsonBytes> unreadable = new LinkedHashMap<>();
    private long keptBytes;
    private boolean overflowed;
    private boolean handsOnAll;
    private int foreign;

    Download(Members members) {
        this(members, KEPT_BYTES_MAX);
    }

    Download(Members members, int keptBytesMax) {
        this.members = members;
        this.keptBytesMax = keptBytesMax;
    }

    /** A line. @return what is to be handed on now, if anything is */
    Optional<Answer> take(String customId, RelayedOutcome outcome) {
        var id = members.open(customId);
        if (id.isEmpty()) {
            if (!members.isOne(customId)) {
                foreign++;
            }
            return Optional.empty();
        }
        if (isAnswer(outcome) || handsOnAll) {
            kept.remove(id.get());
            unreadable.remove(id.get());
            return members.answer(id.get(), outcome);
        }
        keep(id.get(), outcome);
        return Optional.empty();
    }

    private static boolean isAnswer(RelayedOutcome outcome) {
        return outcome instanceof RelayedOutcome.Tried(AttemptOutcome.Answered _);
    }

    private void keep(RelayedId id, RelayedOutcome outcome) {
        var before = kept.get(id);
        if (before != null && (isFinal(before) || !isFinal(outcome))) {
            return;
        }
        int bytes = KEPT_BYTES_EACH + errorBytes(outcome);
        if (keptBytes + bytes > keptBytesMax) {
            overflowed = true;
            return;
        }
        keptBytes += bytes;
        kept.put(id, outcome);
    }

    /** Whether the request is not to be sent again: it may have been paid, or nothing helps it. */
    private static boolean isFinal(RelayedOutcome outcome) {
        return outcome instanceof RelayedOutcome.Tried(AttemptOutcome.Refused _);
    }

    private static int errorBytes(RelayedOutcome outcome) {
        return switch (outcome) {
            case RelayedOutcome.Tried(AttemptOutcome.Refused(var error, var _, var _)) ->
                    error.length();
            case RelayedOutcome.Tried(AttemptOutcome.Failed(var _, var _, var error, var _)) ->
                    error.length();
            case RelayedOutcome.Tried _,
                    RelayedOutcome.Canceled _,
                    RelayedOutcome.Expired _,
                    RelayedOutcome.Unread _ ->
                    0;
        };
    }

    /** A line that is none. */
    void takeUnreadable(String customId, JsonBytes error) {
        var id = members.open(customId);
        if (id.isPresent() && keptBytes + error.length() <= keptBytesMax) {
            keptBytes += error.length();
            unreadable.put(id.get(), error);
        }
    }

    /** Requests of which it said nothing that can be read. */
    int missing() {
        return overflowed ? 0 : members.unanswered() - kept.size();
    }

    /** Whether it was about requests of others, and about none of the relay's. */
    boolean isOfAnother() {
        return foreign > 0 && missing() == members.size();
    }

    /** Whether not all could be kept that was said of requests without an answer. */
    boolean needsAgain() {
        return overflowed;
    }

    /** The next download of the same: those without an answer in this one have none. */
    void again() {
        overflowed = false;
        handsOnAll = true;
    }

    boolean handsOnAll() {
        return handsOnAll;
    }

    /** What was kept back, now that there is no answer for those. */
    List<Answer> keptBack() {
        var answers = new ArrayList<Answer>();
        kept.forEach((id, outcome) -> members.answer(id, outcome).ifPresent(answers::add));
        kept.clear();
        return answers;
    }

    /** Outcomes for those of which nothing was said: with what was said instead, where there is. */
    List<Answer> rest(JsonBytes error) {
        var answers = new ArrayList<Answer>();
        unreadable.forEach((id, held) -> members.answer(id, errored(held)).ifPresent(answers::add));
        unreadable.clear();
        answers.addAll(members.rest(errored(error)));
        return answers;
    }

    private static RelayedOutcome errored(JsonBytes error) {
        return new RelayedOutcome.Tried(new AttemptOutcome.Refused(error));
    }
}

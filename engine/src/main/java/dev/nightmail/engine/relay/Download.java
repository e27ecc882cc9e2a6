package dev.nightmail.engine.relay;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.relay.RelayedId;
import dev.nightmail.core.schedule.Event.RelayAnswered.Answer;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.RelayedOutcome;
import dev.nightmail.wire.batch.ResultsDownload;
import dev.nightmail.wire.batch.ResultsJudge;
import dev.nightmail.wire.batch.ResultsJudge.Standing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one download of a relay's results says of each of its requests. What the download is, and
 * which of several lines for one request counts, is judged by {@link ResultsJudge}; here its lines
 * are told whose they are.
 */
final class Download {

    /**
     * Of all that is no answer. Results without one are short, so that this is enough for 100,000
     * of most kinds.
     */
    static final int KEPT_BYTES_MAX = 32 << 20;

    private final Members members;
    private final ResultsJudge<RelayedId, RelayedOutcome> judge;
    private final Map<RelayedId, JsonBytes> unreadable = new LinkedHashMap<>();

    Download(Members members) {
        this(members, KEPT_BYTES_MAX);
    }

    Download(Members members, int keptBytesMax) {
        this.members = members;
        this.judge = new ResultsJudge<>(members.size(), keptBytesMax);
    }

    /** A line. @return what is to be handed on now, if anything is */
    Optional<Answer> take(String customId, RelayedOutcome outcome) {
        var id = members.open(customId);
        if (id.isEmpty()) {
            if (members.isOne(customId)) {
                judge.repeated();
            } else {
                judge.ofNobody();
            }
            return Optional.empty();
        }
        if (!judge.take(id.get(), standing(outcome), outcome, errorBytes(outcome))) {
            return Optional.empty();
        }
        forgetUnreadable(id.get());
        return members.answer(id.get(), outcome);
    }

    /** What is refused is not to be sent again: it may have been paid, or nothing helps it. */
    private static Standing standing(RelayedOutcome outcome) {
        return switch (outcome) {
            case RelayedOutcome.Tried(AttemptOutcome.Answered _) -> Standing.ANSWER;
            case RelayedOutcome.Tried(AttemptOutcome.Refused _) -> Standing.FINAL;
            case RelayedOutcome.Tried _,
                    RelayedOutcome.Canceled _,
                    RelayedOutcome.Expired _,
                    RelayedOutcome.Unread _ ->
                    Standing.OPEN;
        };
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
        judge.unreadable();
        var id = members.open(customId);
        if (id.isEmpty()) {
            return;
        }
        forgetUnreadable(id.get());
        if (judge.reserve(error.length())) {
            unreadable.put(id.get(), error);
        }
    }

    private void forgetUnreadable(RelayedId id) {
        var error = unreadable.remove(id);
        if (error != null) {
            judge.release(error.length());
        }
    }

    /** Requests of which it said nothing that can be read. */
    int missing() {
        return judge.missing();
    }

    /** What it is, now that it has come to its end. */
    ResultsDownload judge() {
        return judge.judge();
    }

    /** Whether not all could be kept that was said of requests without an answer. */
    boolean needsAgain() {
        return judge.needsAgain();
    }

    /** The next download of the same: those without an answer in this one have none. */
    void again() {
        judge.again();
    }

    boolean handsOnAll() {
        return judge.actsOnAll();
    }

    /** What was kept back, now that there is no answer for those. */
    List<Answer> keptBack() {
        var answers = new ArrayList<Answer>();
        judge.keptBack()
                .forEach((id, outcome) -> members.answer(id, outcome).ifPresent(answers::add));
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

package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.answer.FailureKind;
import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.cost.Usage;
import java.io.IOException;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives the members of one batch their results, a group in a transaction; {@link #save} ends each.
 * A member has one result, whatever is said of it later. One thread.
 */
public final class Settling {

    private final Sql sql;
    private final @Nullable WorkFolder work;
    private final CurrentPlan current;
    private final Tallies tallies;
    private final AnswerTable answers;
    private final Followers followers;
    private final StoredBatch batch;
    private final Billing billing;
    private final long[] members;
    private final BitSet settled;
    private final BitSet notSent;
    private final List<String> customIds;
    private final Map<String, Integer> ordinals;
    private final Map<Integer, Usage> spent = new TreeMap<>();
    private long accepted;
    private long acceptedOutput;
    private long askedAgain;

    /** Where the lines of its file begin; null until one of them is asked for. */
    private long @Nullable [] lines;

    Settling(
            Sql sql,
            @Nullable WorkFolder work,
            CurrentPlan current,
            Tallies tallies,
            AnswerTable answers,
            Followers followers,
            StoredBatch batch,
            Billing billing,
            long[] members,
            BitSet settled,
            List<String> customIds) {
        this.sql = sql;
        this.work = work;
        this.current = current;
        this.tallies = tallies;
        this.answers = answers;
        this.followers = followers;
        this.batch = batch;
        this.billing = billing;
        this.members = members;
        this.settled = settled;
        this.customIds = customIds;
        this.notSent = batch.batchId() == null ? (BitSet) settled.clone() : new BitSet();
        this.ordinals = HashMap.newHashMap(customIds.size());
        for (int ordinal = 0; ordinal < customIds.size(); ordinal++) {
            ordinals.put(customIds.get(ordinal), ordinal);
        }
    }

    public StoredBatch batch() {
        return batch;
    }

    /** What its endpoint bills the batch at. */
    public Billing billing() {
        return billing;
    }

    /** The member a result is for, by its place in the batch; empty if it is none of ours. */
    public Optional<Integer> member(String customId) {
        return Optional.ofNullable(ordinals.get(customId)).filter(ordinal -> !notSent.get(ordinal));
    }

    public String customId(int ordinal) {
        return customIds.get(ordinal);
    }

    public boolean isSettled(int ordinal) {
        return settled.get(ordinal);
    }

    /** How many members have no result. */
    public int open() {
        return members.length - settled.cardinality();
    }

    /** The first member without a result from there on; -1 if all have theirs. */
    public int nextOpen(int from) {
        int ordinal = settled.nextClearBit(from);
        return ordinal < members.length ? ordinal : -1;
    }

    /** How often the record failed so far, as far as it is still asked what this batch asks. */
    public History history(int ordinal) {
        return sql.first(
                        "select history from record where record = ? and batch = ? and state = 'carried'",
                        row -> History.ofStored(row.getString(1)),
                        members[ordinal],
                        batch.number())
                .orElse(History.NONE);
    }

    /** What an answer cost, whatever becomes of it. */
    public void charge(int priceStep, Usage usage) {
        spent.merge(priceStep, usage, Usage::plus);
    }

    /**
     * The answer is kept whatever the record is asked by now; the record is done if it still asks
     * the same.
     *
     * @param attempts how often the record was asked for it
     * @param costPicos null if no price is known
     */
    public void accept(
            int ordinal,
            String answer,
            String model,
            String stopReason,
            Usage usage,
            int attempts,
            @Nullable Long costPicos,
            Instant at) {
        settled.set(ordinal);
        accepted++;
        acceptedOutput += usage.output();
        long record = members[ordinal];
        var waiting = followers.of(record, batch.number());
        long sequence = answers.nextNumber();
        var kept = new Answer(sequence, answer, model, stopReason, usage, attempts, costPicos, at);
        boolean isCurrent =
                keep("record where record = ? and batch = ? and state = 'carried'", ordinal, kept);
        if (isCurrent) {
            sql.update(
                    "update record set state = 'done', batch = null, answer = ?, history = null where record = ?",
                    sequence,
                    record);
            move(record, Tallies.DONE);
        } else {
            keep("superseded where record = ? and batch = ?", ordinal, kept);
            forgetSuperseded(record);
        }
        waiting.forEach(other -> AnswerTable.share(sql, other, sequence, answers.nextNumber()));
        followers.settle(waiting, Tallies.DONE);
    }

    private record Answer(
            long sequence,
            String answer,
            String model,
            String stopReason,
            Usage usage,
            int attempts,
            @Nullable Long costPicos,
            Instant at) {}

    /**
     * Keeps an answer to what this batch asked.
     *
     * @param asked where that is written down
     * @return whether it is
     */
    private boolean keep(String asked, int ordinal, Answer answer) {
        return sql.update(
                        """
                        insert into answer (sequence, record, content, question, batch, answer, model, stop_reason, input_tokens, output_tokens, attempts, cost, answered_at)
                        select ?, record, content, question, batch, ?, ?, ?, ?, ?, ?, ?, ?
                          from %s
                        """
                                .formatted(asked),
                        answer.sequence(),
                        answer.answer(),
                        answer.model(),
                        answer.stopReason(),
                        answer.usage().promptTokens(),
                        answer.usage().output(),
                        answer.attempts(),
                        answer.costPicos(),
                        answer.at().toString(),
                        members[ordinal],
                        batch.number())
                > 0;
    }

    /**
     * Its record is asked something else by now; asked the same again, it waits no more for this.
     */
    private void forgetSuperseded(long record) {
        sql.update("delete from superseded where batch = ? and record = ?", batch.number(), record);
    }

    /** The record goes into a later batch, as it was asked. */
    public void askAgain(int ordinal, History history) {
        settled.set(ordinal);
        var waiting = followers.of(members[ordinal], batch.number());
        int left =
                sql.update(
                        """
                        update record
                           set state = 'outstanding', history = ?
                         where record = ? and batch = ? and state = 'carried'
                        """,
                        history.stored(),
                        members[ordinal],
                        batch.number());
        if (left > 0 && current.has(members[ordinal])) {
            askedAgain++;
        } else {
            // Nobody gathers it in this run.
            followers.orphan(waiting);
        }
        left(left > 0, members[ordinal], Tallies.OUTSTANDING);
    }

    /** How many records of the current plan go into another batch. */
    public long askedAgain() {
        return askedAgain;
    }

    /**
     * The same, but asked otherwise.
     *
     * @param own what of its request is its own, as {@link #asked} gave it, changed
     */
    public void askAgain(int ordinal, History history, byte[] own) {
        askAgain(ordinal, history);
        sql.update(
                """
                insert or replace into again (record, request)
                select record, ? from record where record = ? and batch = ? and state = 'outstanding'
                """,
                BatchFile.membersOf(own),
                members[ordinal],
                batch.number());
    }

    /**
     * What of a member's request is its own: a JSON object with its {@code messages}; empty if that
     * is not kept any more.
     */
    public Optional<byte[]> asked(int ordinal) {
        if (work == null || !work.has(batch.number())) {
            return Optional.empty();
        }
        try {
            if (lines == null) {
                lines = BatchFile.lines(work.file(batch.number()));
            }
            var own = BatchFile.own(work.file(batch.number()), lines, ordinal);
            return Optional.of(BatchFile.params(BatchFile.NOTHING_SHARED, own));
        } catch (IOException e) {
            throw BatchFile.unreadable(batch.number(), e);
        }
    }

    /** Sets the record aside with the reason; its history says how it came to that. */
    public void fail(int ordinal, FailureKind kind, String message, @Nullable String answer) {
        settled.set(ordinal);
        var waiting = followers.of(members[ordinal], batch.number());
        var history = history(ordinal).with(kind.wireName()).stored();
        int left =
                sql.update(
                        """
                        update record
                           set state = 'failed', batch = null, history = ?, failure_kind = ?, failure_message = ?, failure_answer = ?
                         where record = ? and batch = ? and state = 'carried'
                        """,
                        history,
                        kind.wireName(),
                        message,
                        answer,
                        members[ordinal],
                        batch.number());
        left(left > 0, members[ordinal], Tallies.failed(kind.wireName()));
        for (var other : waiting) {
            sql.update(
                    """
                    update record
                       set state = 'failed', history = ?, failure_kind = ?, failure_message = ?, failure_answer = ?
                     where record = ?
                    """,
                    history,
                    kind.wireName(),
                    message,
                    answer,
                    other);
        }
        followers.settle(waiting, Tallies.failed(kind.wireName()));
    }

    /**
     * The request was canceled before it was sent to a model: this run leaves it, the next one
     * takes it up.
     */
    public void cancel(int ordinal) {
        settled.set(ordinal);
        var waiting = followers.of(members[ordinal], batch.number());
        int left =
                sql.update(
                        "update record set state = 'canceled', batch = null where record = ? and batch = ? and state = 'carried'",
                        members[ordinal],
                        batch.number());
        left(left > 0, members[ordinal], Tallies.CANCELED);
        waiting.forEach(other ->
                sql.update("update record set state = 'canceled' where record = ?", other));
        followers.settle(waiting, Tallies.CANCELED);
    }

    /**
     * @param wasCarried whether the record was this batch's, and not asked something else by now
     */
    private void left(boolean wasCarried, long record, String stand) {
        if (wasCarried) {
            move(record, stand);
        } else {
            forgetSuperseded(record);
        }
    }

    private void move(long record, String stand) {
        if (current.has(record)) {
            tallies.move(Tallies.SUBMITTED, stand, 1);
        }
    }

    /** At the end of a transaction. */
    public void save() {
        sql.update(
                "update batch set settled = ?, accepted = accepted + ?, accepted_output = accepted_output + ? where batch = ?",
                settled.toByteArray(),
                accepted,
                acceptedOutput,
                batch.number());
        accepted = 0;
        acceptedOutput = 0;
        spent.forEach((step, usage) ->
                sql.update(
                        """
                        insert into spent values (?, ?, ?, ?, ?, ?, ?)
                        on conflict (batch, price_step) do update
                           set input_tokens = input_tokens + excluded.input_tokens,
                               output_tokens = output_tokens + excluded.output_tokens,
                               cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
                               cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
                               cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens
                        """,
                        batch.number(),
                        step,
                        usage.input(),
                        usage.output(),
                        usage.cacheWrite5m(),
                        usage.cacheWrite1h(),
                        usage.cacheRead()));
        spent.clear();
    }
}

package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.answer.FailureKind;
import dev.nightmail.pipeline.client.CallTerms;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.RequestBody;
import dev.nightmail.pipeline.cost.Usage;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a pipeline and what became of their members. Methods that change several rows
 * belong into one transaction with what they depend on.
 */
public final class BatchTable {

    private static final String COLUMNS =
            "batch_number, batch_id, endpoint, model, api_version, betas, idempotency_key, fingerprint, requests, bytes, likely_micros, intended_at";

    private final Sql sql;
    private final @Nullable Path file;

    BatchTable(Sql sql, @Nullable Path file) {
        this.sql = sql;
        this.file = file;
    }

    /** What a batch costs to make known. */
    public interface Pricing {
        long likelyMicros(long requests, long paramsBytes);
    }

    /**
     * Cuts the next batch from the outstanding records of a plan, in source order, and makes it an
     * intent.
     *
     * @return empty if nothing is outstanding, or the cut takes nothing
     */
    public Optional<StoredBatch> intend(
            Plan plan,
            BatchCut cut,
            Pricing pricing,
            String endpoint,
            String model,
            CallTerms terms,
            String idempotencyKey,
            Instant now) {
        var number = (int) sql.number("select coalesce(max(batch_number), 0) + 1 from batch");
        sql.update(
                """
                insert into batch (batch_number, state, endpoint, model, api_version, betas, idempotency_key, fingerprint, requests, bytes, likely_micros, intended_at)
                values (?, 'intended', ?, ?, ?, ?, ?, '', 0, 0, 0, ?)
                """,
                number,
                endpoint,
                model,
                terms.version(),
                String.join(",", terms.betas()),
                idempotencyKey,
                now.toString());
        var members = new Members(number);
        sql.each(
                """
                select r.record_id, r.custom_id, r.content_hash, r.params_id, p.bytes
                  from record r join params p on p.params_id = r.params_id
                 where r.state = 'outstanding' and r.plan = ?
                 order by r.position
                """,
                row -> members.add(row, cut),
                plan.number());
        if (members.requests == 0) {
            sql.update("delete from batch where batch_number = ?", number);
            return Optional.empty();
        }
        sql.update(
                """
                update record
                   set state = 'submitted', batch_number = ?
                 where record_id in (select record_id from attempt where batch_number = ?)
                """,
                number,
                number);
        sql.update(
                """
                update batch
                   set fingerprint = ?, requests = ?, bytes = ?, likely_micros = ?
                 where batch_number = ?
                """,
                fingerprint(number),
                members.requests,
                members.bytes + BatchBody.TAIL.length,
                pricing.likelyMicros(members.requests, members.paramsBytes),
                number);
        return sql.first(
                "select " + COLUMNS + " from batch where batch_number = ?",
                BatchTable::stored,
                number);
    }

    /** Batches whose create call got no answer yet. */
    public List<StoredBatch> intended(String endpoint) {
        return inState("intended", endpoint);
    }

    /** Batches the endpoint has and whose results are not all in yet. */
    public List<StoredBatch> submitted(String endpoint) {
        return inState("submitted", endpoint);
    }

    /** The body of a batch, as a stream; close it after the call. */
    public ClosableBody body(StoredBatch batch) {
        if (file == null) {
            throw new IllegalStateException("a scratch state sends nothing");
        }
        var fingerprint = fingerprint(batch.number());
        if (!fingerprint.equals(batch.fingerprint())) {
            throw new StateException(
                    "batch "
                            + batch.number()
                            + " is not what it was when it was cut: the state file was changed from outside",
                    null);
        }
        var body = new BatchBody(file, batch);
        return new ClosableBody(body, body);
    }

    /** A body and what it holds open. */
    public record ClosableBody(RequestBody content, AutoCloseable resources)
            implements AutoCloseable {
        @Override
        public void close() {
            try {
                resources.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("closing a body throws nothing checked", e);
            }
        }
    }

    public boolean knows(String batchId) {
        return sql.number("select count(*) from batch where batch_id = ?", batchId) > 0;
    }

    public void submitted(StoredBatch batch, String batchId, Instant createdAt) {
        sql.update(
                """
                update batch
                   set state = 'submitted', batch_id = ?, created_at = ?
                 where batch_number = ? and state = 'intended'
                """,
                batchId,
                createdAt.toString(),
                batch.number());
    }

    /** The endpoint took nothing of the batch, or has it no more: its members may be sent again. */
    public void release(StoredBatch batch, ReleaseReason reason) {
        sql.update(
                "update batch set state = ? where batch_number = ?",
                reason.stateName(),
                batch.number());
        sql.update(
                """
                update record
                   set state = 'outstanding', batch_number = null
                 where batch_number = ? and state = 'submitted'
                """,
                batch.number());
        sql.update(
                "update attempt set outcome = ? where batch_number = ? and outcome is null",
                reason.stateName(),
                batch.number());
        dropUnwantedParams(batch);
    }

    /** Whether any record still waits for this batch. */
    public boolean isWanted(StoredBatch batch) {
        return sql.number(
                        "select count(*) from record where batch_number = ? and state = 'submitted'",
                        batch.number())
                > 0;
    }

    /** One member of a batch. */
    public record Attempt(
            StoredBatch batch,
            String customId,
            String recordId,
            String contentHash,
            long paramsId) {}

    /**
     * A member of a batch, whatever became of it.
     *
     * @param ordinal its place in the batch, from 0
     * @param open null if it has its outcome
     */
    public record Member(int ordinal, @Nullable Attempt open) {}

    /** The member a result is for; empty if it is none of ours. */
    public Optional<Member> member(StoredBatch batch, String customId) {
        return sql.first(
                """
                select ordinal, outcome is null, record_id, content_hash, params_id
                  from attempt
                 where batch_number = ? and custom_id = ?
                """,
                row ->
                        new Member(
                                row.getInt(1),
                                row.getBoolean(2)
                                        ? new Attempt(
                                                batch,
                                                customId,
                                                row.getString(3),
                                                row.getString(4),
                                                row.getLong(5))
                                        : null),
                batch.number(),
                customId);
    }

    /** Members without an outcome. */
    public List<Attempt> open(StoredBatch batch, int max) {
        return sql.list(
                """
                select custom_id, record_id, content_hash, params_id
                  from attempt
                 where batch_number = ? and outcome is null
                 order by ordinal
                 limit ?
                """,
                row ->
                        new Attempt(
                                batch,
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getLong(4)),
                batch.number(),
                max);
    }

    /** How many members have no outcome. */
    public long openCount(StoredBatch batch) {
        return sql.number(
                "select count(*) from attempt where batch_number = ? and outcome is null",
                batch.number());
    }

    public void charge(Attempt attempt, int priceStep, Usage usage) {
        sql.update(
                """
                update attempt
                   set price_step = ?, input_tokens = ?, output_tokens = ?,
                       cache_write_5m_tokens = ?, cache_write_1h_tokens = ?, cache_read_tokens = ?
                 where batch_number = ? and custom_id = ?
                """,
                priceStep,
                usage.input(),
                usage.output(),
                usage.cacheWrite5m(),
                usage.cacheWrite1h(),
                usage.cacheRead(),
                attempt.batch().number(),
                attempt.customId());
    }

    /**
     * The answer is kept whatever the record is asked by now; the record is done if it still asks
     * the same.
     */
    public void accept(Attempt attempt, String answer, String model) {
        settle(attempt, "accepted");
        sql.update(
                """
                insert into answer (record_id, content_hash, answer, model, batch_number, sequence)
                values (?, ?, ?, ?, ?, %s)
                on conflict do nothing
                """
                        .formatted(AnswerTable.NEXT_SEQUENCE),
                attempt.recordId(),
                attempt.contentHash(),
                answer,
                model,
                attempt.batch().number());
        sql.update(
                """
                update record
                   set state = 'done', batch_number = null
                 where record_id = ? and content_hash = ? and state = 'submitted'
                """,
                attempt.recordId(),
                attempt.contentHash());
        dropParams(attempt);
    }

    /**
     * The record goes into a later batch, if it has not been retried so often yet.
     *
     * @return whether it does; otherwise it is set aside
     */
    public boolean retry(Attempt attempt, Retry retry, int max, FailureKind kind, String message) {
        settle(attempt, kind.wireName());
        var retried =
                sql.update(
                        """
                        update record
                           set state = 'outstanding', batch_number = null, %1$s = %1$s + 1
                         where record_id = ? and content_hash = ? and batch_number = ? and state = 'submitted' and %1$s < ?
                        """
                                .formatted(retry.column()),
                        attempt.recordId(),
                        attempt.contentHash(),
                        attempt.batch().number(),
                        max);
        if (retried == 0) {
            setAside(attempt, kind, message, null);
        }
        return retried > 0;
    }

    /**
     * Asks again with other params, if it has not been asked again so often yet; otherwise the
     * record is set aside.
     */
    public boolean reask(
            Attempt attempt,
            byte[] params,
            int max,
            FailureKind kind,
            String message,
            String answer) {
        settle(attempt, kind.wireName());
        var reaskable =
                sql.number(
                                """
                                select count(*)
                                  from record
                                 where record_id = ? and content_hash = ? and batch_number = ? and state = 'submitted' and reask_count < ?
                                """,
                                attempt.recordId(),
                                attempt.contentHash(),
                                attempt.batch().number(),
                                max)
                        > 0;
        if (!reaskable) {
            setAside(attempt, kind, message, answer);
            return false;
        }
        sql.update(
                """
                update record
                   set state = 'outstanding', batch_number = null, reask_count = reask_count + 1, params_id = ?
                 where record_id = ?
                """,
                RecordTable.insertParams(sql, params),
                attempt.recordId());
        dropParams(attempt);
        return true;
    }

    /** Sets the record aside with the reason. */
    public void fail(Attempt attempt, FailureKind kind, String message, @Nullable String answer) {
        settle(attempt, kind.wireName());
        setAside(attempt, kind, message, answer);
    }

    /**
     * The request was canceled before it was sent to a model: this run leaves it, the next one
     * takes it up.
     */
    public void cancel(Attempt attempt) {
        settle(attempt, "canceled");
        sql.update(
                """
                update record
                   set state = 'canceled', batch_number = null
                 where record_id = ? and content_hash = ? and batch_number = ? and state = 'submitted'
                """,
                attempt.recordId(),
                attempt.contentHash(),
                attempt.batch().number());
        dropParamsIfUnwanted(attempt);
    }

    /** The params of an attempt that has not been settled. */
    public byte[] params(Attempt attempt) {
        return sql.first(
                        "select params from params where params_id = ?",
                        row -> row.getBytes(1),
                        attempt.paramsId())
                .orElseThrow();
    }

    public void collected(StoredBatch batch, Instant now) {
        sql.update(
                "update batch set state = 'collected', collected_at = ? where batch_number = ? and state = 'submitted'",
                now.toString(),
                batch.number());
    }

    /** A batch the endpoint took. */
    public record SentBatch(int number, String batchId, int requests, Instant createdAt) {}

    /** The last batches the endpoint took, newest first. */
    public List<SentBatch> latest(int max) {
        return sql.list(
                """
                select batch_number, batch_id, requests, created_at
                  from batch
                 where batch_id is not null
                 order by batch_number desc
                 limit ?
                """,
                row ->
                        new SentBatch(
                                row.getInt(1),
                                row.getString(2),
                                row.getInt(3),
                                Instant.parse(row.getString(4))),
                max);
    }

    /** How many batches have all their results here, over all runs. */
    public long collected() {
        return sql.number("select count(*) from batch where state = 'collected'");
    }

    /**
     * A batch, for people.
     *
     * @param state as the table has it
     * @param batchId null until the endpoint's answer is known
     * @param submittedAt by the endpoint's clock; null likewise
     * @param collectedAt null until all of its results are here
     * @param likelyMicros what it was likely to cost when it was cut
     */
    public record BatchRow(
            int number,
            @Nullable String batchId,
            String state,
            String endpoint,
            String model,
            int requests,
            long likelyMicros,
            Instant intendedAt,
            @Nullable Instant submittedAt,
            @Nullable Instant collectedAt) {}

    private static final String ROW =
            "select batch_number, batch_id, state, endpoint, model, requests, likely_micros, intended_at, created_at, collected_at from batch ";

    /** Every batch that is out or may be, oldest first. */
    public List<BatchRow> out() {
        return sql.list(
                ROW + "where state in ('intended', 'submitted') order by batch_number",
                BatchTable::row);
    }

    /** The last batches that are not out any more, newest first. */
    public List<BatchRow> over(int max) {
        return sql.list(
                ROW
                        + "where state not in ('intended', 'submitted') order by batch_number desc limit ?",
                BatchTable::row,
                max);
    }

    private static BatchRow row(ResultSet row) throws SQLException {
        return new BatchRow(
                row.getInt(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getInt(6),
                row.getLong(7),
                Instant.parse(row.getString(8)),
                time(row.getString(9)),
                time(row.getString(10)));
    }

    private static @Nullable Instant time(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }

    /** What one batch has cost so far. */
    public List<Spent> spentOn(BatchRow batch) {
        return spentWhere("b.batch_number = ?", batch.number());
    }

    /** How many batches the endpoint took, over all runs. */
    public long sent() {
        return sql.number("select count(*) from batch where batch_id is not null");
    }

    /**
     * Made-up answers cost nothing and say nothing of real ones: what the simulator did and what
     * all other endpoints did are never summed up together.
     */
    private static final String LIKE_THIS_ENDPOINT =
            "(b.endpoint = '%1$s') = (? = '%1$s')".formatted(Endpoint.SIMULATOR);

    /**
     * Everything spent so far, over all runs.
     *
     * @param endpoint the simulator: spent there; any other: spent at all but the simulator
     */
    public List<Spent> spent(String endpoint) {
        return spentWhere(LIKE_THIS_ENDPOINT, endpoint);
    }

    private List<Spent> spentWhere(String condition, Object parameter) {
        return sql.list(
                """
                select b.model, a.price_step, sum(a.input_tokens), sum(a.output_tokens),
                       sum(a.cache_write_5m_tokens), sum(a.cache_write_1h_tokens), sum(a.cache_read_tokens)
                  from attempt a join batch b on b.batch_number = a.batch_number
                 where %s
                 group by b.model, a.price_step
                 order by b.model, a.price_step
                """
                        .formatted(condition),
                row ->
                        new Spent(
                                row.getString(1),
                                row.getInt(2),
                                new Usage(
                                        row.getLong(3),
                                        row.getLong(4),
                                        row.getLong(5),
                                        row.getLong(6),
                                        row.getLong(7))),
                parameter);
    }

    /**
     * What the batches under way were likely to cost when they were cut.
     *
     * @param endpoint as for {@link #spent}
     */
    public long likelyMicrosUnderWay(String endpoint) {
        return sql.number(
                """
                select coalesce(sum(b.likely_micros), 0)
                  from batch b
                 where b.state in ('intended', 'submitted') and %s
                """
                        .formatted(LIKE_THIS_ENDPOINT),
                endpoint);
    }

    /**
     * Mean output tokens of the accepted answers of a model so far; empty before there are enough
     * to mean something.
     *
     * @param endpoint as for {@link #spent}
     */
    public Optional<Double> meanOutputTokens(String model, String endpoint) {
        return sql.first(
                        """
                        select count(*), coalesce(avg(a.output_tokens), 0)
                          from attempt a join batch b on b.batch_number = a.batch_number
                         where b.model = ? and a.outcome = 'accepted' and %s
                        """
                                .formatted(LIKE_THIS_ENDPOINT),
                        row -> row.getLong(1) < 20 ? -1.0 : row.getDouble(2),
                        model,
                        endpoint)
                .filter(mean -> mean >= 0);
    }

    private List<StoredBatch> inState(String state, String endpoint) {
        return sql.list(
                "select "
                        + COLUMNS
                        + " from batch where state = ? and endpoint = ? order by batch_number",
                BatchTable::stored,
                state,
                endpoint);
    }

    private static StoredBatch stored(ResultSet row) throws SQLException {
        return new StoredBatch(
                row.getInt(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                new CallTerms(row.getString(5), betas(row.getString(6))),
                row.getString(7),
                row.getString(8),
                row.getInt(9),
                row.getLong(10),
                row.getLong(11),
                Instant.parse(row.getString(12)));
    }

    private static List<String> betas(String names) {
        return names.isEmpty() ? List.of() : List.of(names.split(",", -1));
    }

    private void settle(Attempt attempt, String outcome) {
        sql.update(
                "update attempt set outcome = ? where batch_number = ? and custom_id = ? and outcome is null",
                outcome,
                attempt.batch().number(),
                attempt.customId());
    }

    private void setAside(
            Attempt attempt, FailureKind kind, String message, @Nullable String answer) {
        sql.update(
                """
                update record
                   set state = 'failed', batch_number = null, failure_kind = ?, failure_message = ?, failure_answer = ?
                 where record_id = ? and content_hash = ? and batch_number = ? and state = 'submitted'
                """,
                kind.wireName(),
                message,
                answer,
                attempt.recordId(),
                attempt.contentHash(),
                attempt.batch().number());
        dropParamsIfUnwanted(attempt);
    }

    private void dropParams(Attempt attempt) {
        sql.update("delete from params where params_id = ?", attempt.paramsId());
    }

    /** Params are kept as long as their record may be sent with them again. */
    private void dropParamsIfUnwanted(Attempt attempt) {
        sql.update(
                """
                delete from params
                 where params_id = ?
                   and not exists (select 1
                                     from record
                                    where record_id = ? and params_id = ? and state in ('outstanding', 'submitted', 'canceled'))
                """,
                attempt.paramsId(),
                attempt.recordId(),
                attempt.paramsId());
    }

    private void dropUnwantedParams(StoredBatch batch) {
        sql.update(
                """
                delete from params
                 where params_id in (select a.params_id
                                       from attempt a join record r on r.record_id = a.record_id
                                      where a.batch_number = ?
                                        and (r.params_id <> a.params_id or r.state in ('done', 'failed')))
                """,
                batch.number());
    }

    private String fingerprint(int batchNumber) {
        var digest = sha256();
        digest.update(BatchBody.HEAD);
        var first = new boolean[] {true};
        sql.each(
                BatchBody.MEMBERS,
                row -> {
                    digest.update(BatchBody.line(first[0], row.getString(1), row.getBytes(2)));
                    first[0] = false;
                    return true;
                },
                batchNumber);
        digest.update(BatchBody.TAIL);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The members of a batch while it is cut. */
    private final class Members {
        private final int batchNumber;
        private int requests;
        private long bytes = BatchBody.HEAD.length;
        private long paramsBytes;

        Members(int batchNumber) {
            this.batchNumber = batchNumber;
        }

        boolean add(ResultSet row, BatchCut cut) throws SQLException {
            var customId = row.getString(2);
            var params = row.getLong(5);
            var line = BatchBody.lineBytes(requests == 0, customId, params);
            if (!cut.takes(requests, bytes + BatchBody.TAIL.length, paramsBytes, line, params)) {
                return false;
            }
            sql.update(
                    """
                    insert into attempt (batch_number, ordinal, custom_id, record_id, content_hash, params_id)
                    values (?, ?, ?, ?, ?, ?)
                    """,
                    batchNumber,
                    requests,
                    customId,
                    row.getString(1),
                    row.getString(3),
                    row.getLong(4));
            requests++;
            bytes += line;
            paramsBytes += params;
            return true;
        }
    }
}

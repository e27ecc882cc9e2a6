package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.client.CallTerms;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.RequestBody;
import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.cost.Usage;
import dev.nightmail.pipeline.streams.Sha256;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a pipeline. Their requests are in files ({@link WorkFolder}), who their members
 * are and which have a result is here. Methods that change something belong into a transaction.
 */
public final class BatchTable {

    private static final String COLUMNS =
            "batch, batch_id, endpoint, model, api_version, betas, idempotency_key, fingerprint, requests, bytes, params_bytes, likely_micros, intended_at, awaited_since";

    private static final String OUT = "('intended', 'submitted')";

    private final Sql sql;
    private final @Nullable WorkFolder work;
    private final CurrentPlan current;
    private final Tallies tallies;
    private final RecordTable records;
    private final AnswerTable answers;
    private final Followers followers;

    /** Files that were written, or looked through, by this process. */
    private final Set<Integer> verified = ConcurrentHashMap.newKeySet();

    BatchTable(
            Sql sql,
            @Nullable WorkFolder work,
            CurrentPlan current,
            Tallies tallies,
            RecordTable records,
            AnswerTable answers,
            Followers followers) {
        this.followers = followers;
        this.sql = sql;
        this.work = work;
        this.current = current;
        this.tallies = tallies;
        this.records = records;
        this.answers = answers;
    }

    private WorkFolder work() {
        if (work == null) {
            throw new IllegalStateException("a state that is only looked at sends nothing");
        }
        return work;
    }

    // Preparing

    /**
     * What a batch is sent to and with.
     *
     * @param shared members of the params that all of its requests have in common
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Target(
            String endpoint, String model, CallTerms terms, String promptVersion, byte[] shared) {

        /** The whole params of a request with this of its own. */
        public byte[] params(byte[] own) {
            return BatchFile.params(shared, own);
        }

        /** How long they are. */
        public long paramsBytes(byte[] own) {
            return BatchFile.paramsBytes(shared, own);
        }

        private Target with(byte[] othersShared) {
            return new Target(endpoint, model, terms, promptVersion, othersShared);
        }
    }

    /** Begins a batch, and its file. */
    public Draft draft(Target target, Instant now) {
        var number = (int) sql.number("select coalesce(max(batch), 0) + 1 from batch");
        sql.update(
                """
                insert into batch (batch, state, endpoint, model, api_version, betas, prompt_version, idempotency_key, fingerprint,
                                   requests, bytes, params_bytes, likely_micros, prepared_at, members, settled)
                values (?, 'drafted', ?, ?, ?, ?, ?, '', '', 0, 0, 0, 0, ?, x'', x'')
                """,
                number,
                target.endpoint(),
                target.model(),
                target.terms().version(),
                String.join(",", target.terms().betas()),
                target.promptVersion(),
                now.toString());
        return new Draft(number, work().write(number, target.shared()));
    }

    /** The draft is complete, and may be sent. */
    public StoredBatch prepared(Draft draft) {
        var written = draft.written();
        sql.update(
                """
                update batch
                   set state = 'prepared', fingerprint = ?, requests = ?, bytes = ?, params_bytes = ?, members = ?
                 where batch = ?
                """,
                HexFormat.of().formatHex(written.sha256()),
                draft.requests(),
                written.bodyBytes(),
                draft.paramsBytes(),
                Members.blob(draft.members()),
                draft.number());
        verified.add(draft.number());
        return batch(draft.number());
    }

    /** It came to nothing. */
    public void dropped(Draft draft) {
        sql.update("delete from batch where batch = ?", draft.number());
        work().delete(draft.number());
    }

    /**
     * What a run that died left: drafts are undone, and files that nobody needs are removed.
     * Records whose request was lost with a draft are read from the source again.
     */
    public void recover() {
        var drafts =
                sql.list("select batch from batch where state = 'drafted'", row -> row.getInt(1));
        for (var draft : drafts) {
            sql.update(
                    "update record set state = 'outstanding', batch = null where batch = ? and state = 'carried'",
                    draft);
            sql.update("delete from batch where batch = ?", draft);
        }
        for (var batch :
                sql.list(
                        "select batch from batch where state in ('prepared', 'dissolved')",
                        row -> row.getInt(1))) {
            if (!work().has(batch)) {
                sql.update(
                        "update record set state = 'outstanding', batch = null where batch = ? and state in ('carried', 'outstanding')",
                        batch);
                sql.update("delete from batch where batch = ?", batch);
            }
        }
        clearWork();
    }

    /** Removes the files that nothing refers to any more. */
    public void clearWork() {
        // A draft that another thread begins meanwhile would be taken for one of those.
        sql.inTransaction(() -> {
            var wanted =
                    new HashSet<>(
                            sql.list(
                                    "select batch from batch where state in ('drafted', 'prepared', 'intended', 'submitted')",
                                    row -> row.getInt(1)));
            wanted.addAll(batchesToSendFrom());
            work().keepOnly(wanted::contains);
        });
    }

    /** Batches to be sent, oldest first. */
    public List<StoredBatch> prepared(String endpoint) {
        return inState("prepared", endpoint);
    }

    public String state(int batch) {
        return sql.first("select state from batch where batch = ?", row -> row.getString(1), batch)
                .orElse("");
    }

    /** Whether the endpoint has it, or may. */
    public boolean isOut(int batch) {
        var state = state(batch);
        return state.equals("intended") || state.equals("submitted");
    }

    /** Whether its file is there. */
    public boolean hasRequests(int batch) {
        return work != null && work.has(batch);
    }

    /**
     * Members of a batch that was not sent yet are asked something else now: they stay out of it.
     */
    public void withdraw(int batch, Set<Long> records) {
        var settled = settled(batch);
        withdraw(settled, members(batch), records);
        sql.update("update batch set settled = ? where batch = ?", settled.toByteArray(), batch);
    }

    private static void withdraw(BitSet settled, long[] members, Set<Long> records) {
        for (int ordinal = 0; ordinal < members.length; ordinal++) {
            if (records.contains(members[ordinal])) {
                settled.set(ordinal);
            }
        }
    }

    /** Whether it would send something, and all of that is of the current plan. */
    public boolean isOfCurrentPlan(StoredBatch batch) {
        var members = members(batch.number());
        var withdrawn = settled(batch.number());
        return withdrawn.cardinality() < members.length
                && open(members, withdrawn).allMatch(current::has);
    }

    /** It is not sent as it is: its members go into other batches, out of its file. */
    public void dissolve(StoredBatch batch) {
        sql.update("update batch set state = 'dissolved' where batch = ?", batch.number());
        release(batch.number(), false);
    }

    /** Members without a result are outstanding again; their requests are in the file. */
    private void release(int batch, boolean wasOut) {
        open(members(batch), settled(batch))
                .forEach(record -> {
                    var released =
                            sql.update(
                                    "update record set state = 'outstanding' where record = ? and batch = ? and state = 'carried'",
                                    record,
                                    batch);
                    if (released > 0 && wasOut && current.has(record)) {
                        tallies.move(Tallies.SUBMITTED, Tallies.OUTSTANDING, 1);
                    }
                    if (!current.has(record)) {
                        // Nobody gathers it in this run.
                        followers.orphan(followers.of(record, batch));
                    }
                });
        followers.orphanSuperseded(batch);
        sql.update("delete from superseded where batch = ?", batch);
    }

    /** Decides where a batch ends. Asked for each request in turn. */
    @FunctionalInterface
    public interface Cut {
        /** Whether the draft takes one request more. */
        boolean takes(Draft draft, String customId, byte[] own);
    }

    /** What came of gathering outstanding requests; the draft is null if there were none. */
    public record Gathered(@Nullable Draft draft, boolean cutShort) {}

    /**
     * Gathers outstanding records of the current plan into a draft, out of the files of their last
     * batches. Those whose file is not there are read from the source by the next run.
     *
     * @param from which batches
     */
    public Gathered gather(Target target, IntPredicate from, Cut cut, Instant now) {
        Draft draft = null;
        for (var batch : batchesToSendFrom()) {
            if (!from.test(batch)) {
                continue;
            }
            var wanted = outstandingOf(batch);
            if (wanted.isEmpty()) {
                continue;
            }
            if (!work().has(batch)) {
                forgetRequests(batch);
                continue;
            }
            try (var file = work().read(batch)) {
                if (draft == null) {
                    draft = draft(target.with(file.shared()), now);
                } else if (!Arrays.equals(draft.shared(), file.shared())) {
                    return new Gathered(draft, false);
                }
                if (!gather(batch, wanted, file, draft, cut)) {
                    return new Gathered(draft, true);
                }
            } catch (IOException e) {
                throw BatchFile.unreadable(batch, e);
            }
        }
        return new Gathered(draft, false);
    }

    /** Batches whose files have requests of outstanding records, oldest first. */
    private List<Integer> batchesToSendFrom() {
        return sql.list(
                "select distinct batch from record where state = 'outstanding' and batch is not null order by batch",
                row -> row.getInt(1));
    }

    Set<Long> outstandingOf(int batch) {
        var wanted = new HashSet<Long>();
        sql.each(
                "select record from record where state = 'outstanding' and batch = ?",
                row -> {
                    if (current.has(row.getLong(1))) {
                        wanted.add(row.getLong(1));
                    }
                    return true;
                },
                batch);
        return wanted;
    }

    private void forgetRequests(int batch) {
        sql.update(
                "update record set batch = null where state = 'outstanding' and batch = ?", batch);
        records.forgetSource();
    }

    /** Whether all of them were taken. */
    private boolean gather(int batch, Set<Long> wanted, BatchFile.Reader file, Draft draft, Cut cut)
            throws IOException {
        var members = members(batch);
        int ordinal = 0;
        for (var line = file.next(); line != null; line = file.next()) {
            var record = ordinal < members.length ? members[ordinal++] : 0;
            if (!wanted.contains(record)) {
                continue;
            }
            var own = again(record).orElse(line.own());
            if (!cut.takes(draft, line.customId(), own)) {
                return false;
            }
            draft.add(record, line.customId(), own);
            sql.update("delete from again where record = ?", record);
            sql.update(
                    "update record set state = 'carried', batch = ? where record = ?",
                    draft.number(),
                    record);
        }
        return true;
    }

    private Optional<byte[]> again(long record) {
        return sql.first(
                "select request from again where record = ?", row -> row.getBytes(1), record);
    }

    /** How many records of the current plan are to be sent that no prepared batch has. */
    public long outstanding() {
        long count = 0;
        for (var batch : batchesToSendFrom()) {
            count += outstandingOf(batch).size();
        }
        return count;
    }

    // Sending

    /**
     * It is about to be sent.
     *
     * @return the batch as it is sent: without the members that were withdrawn
     */
    public StoredBatch intend(
            StoredBatch batch,
            String idempotencyKey,
            long likelyMicros,
            Billing billing,
            Instant now) {
        var withdrawn = settled(batch.number());
        var members = members(batch.number());
        if (!withdrawn.isEmpty()) {
            sql.update(
                    "update batch set requests = ?, bytes = ? where batch = ?",
                    members.length - withdrawn.cardinality(),
                    bodyBytes(batch.number(), withdrawn),
                    batch.number());
        }
        sql.update(
                """
                update batch
                   set state = 'intended', idempotency_key = ?, likely_micros = ?, billing = ?, intended_at = ?
                 where batch = ?
                """,
                idempotencyKey,
                likelyMicros,
                billing.text(),
                now.toString(),
                batch.number());
        tallies.move(
                Tallies.OUTSTANDING,
                Tallies.SUBMITTED,
                open(members, withdrawn).filter(current::has).count());
        return batch(batch.number());
    }

    /** Members without a result, and, before it is sent, those that were not withdrawn. */
    private static LongStream open(long[] members, BitSet settled) {
        return IntStream.range(0, members.length)
                .filter(ordinal -> !settled.get(ordinal))
                .mapToLong(ordinal -> members[ordinal]);
    }

    private long bodyBytes(int batch, BitSet without) {
        long bytes = BatchFile.frameBytes();
        boolean first = true;
        try (var file = work().read(batch)) {
            int ordinal = 0;
            for (var line = file.next(); line != null; line = file.next()) {
                if (!without.get(ordinal++)) {
                    bytes +=
                            BatchFile.bodyBytes(
                                    first, file.shared(), line.customId(), line.own().length);
                    first = false;
                }
            }
        } catch (IOException e) {
            throw BatchFile.unreadable(batch, e);
        }
        return bytes;
    }

    /**
     * Nothing of it was taken: it may be sent again, without members that are asked something else
     * by now.
     */
    public void takeBack(StoredBatch batch) {
        var members = members(batch.number());
        var settled = settled(batch.number());
        var superseded =
                new HashSet<>(
                        sql.list(
                                "select record from superseded where batch = ?",
                                row -> row.getLong(1),
                                batch.number()));
        withdraw(settled, members, superseded);
        followers.orphanSuperseded(batch.number());
        sql.update(
                "update batch set state = 'prepared', idempotency_key = '', intended_at = null, settled = ? where batch = ?",
                settled.toByteArray(),
                batch.number());
        sql.update("delete from superseded where batch = ?", batch.number());
        tallies.move(
                Tallies.SUBMITTED,
                Tallies.OUTSTANDING,
                open(members, settled).filter(current::has).count());
    }

    /** It was never taken, and nobody waits for it any more. */
    public void abandon(StoredBatch batch) {
        sql.update("update batch set state = 'abandoned' where batch = ?", batch.number());
        release(batch.number(), true);
    }

    /** The endpoint no longer has it, and its members are sent again. */
    public void gone(StoredBatch batch) {
        sql.update("update batch set state = 'gone' where batch = ?", batch.number());
        release(batch.number(), true);
    }

    /** Batches whose create call got no answer yet. */
    public List<StoredBatch> intended(String endpoint) {
        return inState("intended", endpoint);
    }

    /** Batches the endpoint has and whose results are not all in yet. */
    public List<StoredBatch> submitted(String endpoint) {
        return inState("submitted", endpoint);
    }

    /** What prompt a batch asks with. */
    public String promptVersion(int number) {
        return sql.first(
                        "select prompt_version from batch where batch = ?",
                        row -> row.getString(1),
                        number)
                .orElseThrow();
    }

    /** What its endpoint bills a batch at. */
    public Billing billing(int number) {
        return sql.first(
                        "select " + BILLING + " from batch b where batch = ?",
                        row -> Billing.parse(row.getString(1)),
                        number)
                .orElseThrow();
    }

    /** Whether a simulator answers any batch, or did. */
    public boolean anySimulated() {
        return sql.first(
                        "select 1 from batch b where %s = '%s' limit 1"
                                .formatted(BILLING, Billing.SIMULATED.text()),
                        _ -> true)
                .isPresent();
    }

    public StoredBatch batch(int number) {
        return sql.first(
                        "select " + COLUMNS + " from batch where batch = ?",
                        BatchTable::stored,
                        number)
                .orElseThrow();
    }

    /**
     * The body of a batch, as a stream.
     *
     * @throws StateException if its file is not what it was when it was written
     */
    public RequestBody body(StoredBatch batch) {
        var path = work().file(batch.number());
        try {
            if (!verified.contains(batch.number())
                    && !Sha256.ofFile(path).equals(batch.fingerprint())) {
                throw new StateException(
                        "the requests of batch "
                                + batch.number()
                                + " are not what they were when it was prepared: "
                                + path
                                + " was changed from outside",
                        null);
            }
        } catch (IOException e) {
            throw new StateException(
                    "the requests of batch " + batch.number() + " are gone: " + path, e);
        }
        verified.add(batch.number());
        return new BatchFile.Body(path, batch.bytes(), settled(batch.number()));
    }

    public boolean knows(String batchId) {
        return sql.number("select count(*) from batch where batch_id = ?", batchId) > 0;
    }

    public void submitted(StoredBatch batch, String batchId, Instant createdAt) {
        sql.update(
                """
                update batch
                   set state = 'submitted', batch_id = ?, created_at = ?
                 where batch = ? and state = 'intended'
                """,
                batchId,
                createdAt.toString(),
                batch.number());
    }

    /** Whether any record still waits for this batch. */
    public boolean isWanted(StoredBatch batch) {
        return followers.waitForSuperseded(batch.number())
                || LongStream.of(members(batch.number()))
                        .anyMatch(member ->
                                sql.number(
                                                "select count(*) from record where record = ? and batch = ? and state = 'carried'",
                                                member,
                                                batch.number())
                                        > 0);
    }

    /**
     * A few requests at evenly spread places of a batch that was not sent yet, as they are sent.
     */
    public List<byte[]> sample(StoredBatch batch, int size) {
        var sample = new ArrayList<byte[]>();
        var step = Math.max(1, batch.requests() / size);
        try (var file = work().read(batch.number())) {
            int ordinal = 0;
            for (var line = file.next(); line != null && sample.size() < size; line = file.next()) {
                if (ordinal++ % step == 0) {
                    sample.add(BatchFile.params(file.shared(), line.own()));
                }
            }
        } catch (IOException e) {
            throw BatchFile.unreadable(batch.number(), e);
        }
        return sample;
    }

    // Collecting

    /** Takes the results of a batch. */
    public Settling settling(StoredBatch batch) {
        var members = members(batch.number());
        return new Settling(
                sql,
                work,
                current,
                tallies,
                answers,
                followers,
                batch,
                billing(batch.number()),
                members,
                settled(batch.number()),
                records.customIds(members));
    }

    /** Since when its results lack some. */
    public void awaitedSince(StoredBatch batch, Instant since) {
        sql.update(
                "update batch set awaited_since = coalesce(awaited_since, ?) where batch = ?",
                since.toString(),
                batch.number());
    }

    public void collected(StoredBatch batch, Instant now) {
        sql.update(
                "update batch set state = 'collected', collected_at = ? where batch = ? and state = 'submitted'",
                now.toString(),
                batch.number());
        sql.update("delete from superseded where batch = ?", batch.number());
    }

    /** After it is over: its file goes, unless some of its requests are sent again. */
    public void removeRequestsIfUnwanted(StoredBatch batch) {
        var wanted =
                sql.first(
                                "select 1 from record where state = 'outstanding' and batch = ? limit 1",
                                _ -> true,
                                batch.number())
                        .isPresent();
        if (!wanted) {
            work().delete(batch.number());
        }
    }

    long[] members(int batch) {
        return Members.of(
                sql.first(
                                "select members from batch where batch = ?",
                                row -> row.getBytes(1),
                                batch)
                        .orElseThrow());
    }

    private BitSet settled(int batch) {
        return BitSet.valueOf(
                sql.first(
                                "select settled from batch where batch = ?",
                                row -> row.getBytes(1),
                                batch)
                        .orElseThrow());
    }

    // Telling

    /** A batch the endpoint took. */
    public record SentBatch(int number, String batchId, int requests, Instant createdAt) {}

    /** The last batches the endpoint took, newest first. */
    public List<SentBatch> latest(int max) {
        return sql.list(
                """
                select batch, batch_id, requests, created_at
                  from batch
                 where batch_id is not null
                 order by batch desc
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
     * @param billing what its endpoint bills it at
     */
    public record BatchRow(
            int number,
            @Nullable String batchId,
            String state,
            String endpoint,
            String model,
            int requests,
            long likelyMicros,
            Billing billing,
            Instant intendedAt,
            @Nullable Instant submittedAt,
            @Nullable Instant collectedAt) {}

    /** Of a batch that was sent before that was kept, only a simulator is known to be one. */
    private static final String BILLING =
            "coalesce(b.billing, case b.endpoint when '%s' then 'simulated' else 'assumed' end)"
                    .formatted(Endpoint.SIMULATOR);

    private static final String ROW =
            "select batch, batch_id, state, endpoint, model, requests, likely_micros, %s, coalesce(intended_at, prepared_at), created_at, collected_at from batch b "
                    .formatted(BILLING);

    /** Every batch that is out or may be, oldest first. */
    public List<BatchRow> out() {
        return sql.list(ROW + "where state in " + OUT + " order by batch", BatchTable::row);
    }

    /** The last batches that are not out any more, newest first. */
    public List<BatchRow> over(int max) {
        return sql.list(
                ROW
                        + "where state in ('collected', 'gone', 'abandoned', 'refused') order by batch desc limit ?",
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
                Billing.parse(row.getString(8)),
                Instant.parse(row.getString(9)),
                time(row.getString(10)),
                time(row.getString(11)));
    }

    private static @Nullable Instant time(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }

    /** What one batch has cost so far. */
    public List<Spent> spentOn(BatchRow batch) {
        return spentWhere("b.batch = ?", batch.number());
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

    /** What an endpoint billed the last batch at that was sent there; empty if none was. */
    public Optional<Billing> lastBilling(String endpoint) {
        return sql.first(
                        "select %s from batch b where b.endpoint = ? and b.intended_at is not null order by b.batch desc limit 1"
                                .formatted(BILLING),
                        row -> row.getString(1),
                        endpoint)
                .map(Billing::parse);
    }

    private List<Spent> spentWhere(String condition, Object parameter) {
        return sql.list(
                """
                select b.model, %s as billing, s.price_step, sum(s.input_tokens), sum(s.output_tokens),
                       sum(s.cache_write_5m_tokens), sum(s.cache_write_1h_tokens), sum(s.cache_read_tokens)
                  from spent s join batch b on b.batch = s.batch
                 where %s
                 group by b.model, billing, s.price_step
                 order by b.model, billing, s.price_step
                """
                        .formatted(BILLING, condition),
                row ->
                        new Spent(
                                row.getString(1),
                                Billing.parse(row.getString(2)),
                                row.getInt(3),
                                new Usage(
                                        row.getLong(4),
                                        row.getLong(5),
                                        row.getLong(6),
                                        row.getLong(7),
                                        row.getLong(8))),
                parameter);
    }

    /**
     * What the batches under way were likely to cost when they were sent.
     *
     * @param endpoint as for {@link #spent}
     */
    public long likelyMicrosUnderWay(String endpoint) {
        return sql.number(
                """
                select coalesce(sum(b.likely_micros), 0)
                  from batch b
                 where b.state in %s and %s
                """
                        .formatted(OUT, LIKE_THIS_ENDPOINT),
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
                        select coalesce(sum(b.accepted), 0), coalesce(sum(b.accepted_output), 0)
                          from batch b
                         where b.model = ? and %s
                        """
                                .formatted(LIKE_THIS_ENDPOINT),
                        row ->
                                row.getLong(1) < 20
                                        ? -1.0
                                        : (double) row.getLong(2) / row.getLong(1),
                        model,
                        endpoint)
                .filter(mean -> mean >= 0);
    }

    private List<StoredBatch> inState(String state, String endpoint) {
        return sql.list(
                "select " + COLUMNS + " from batch where state = ? and endpoint = ? order by batch",
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
                row.getLong(12),
                time(row.getString(13)),
                time(row.getString(14)));
    }

    private static List<String> betas(String names) {
        return names.isEmpty() ? List.of() : List.of(names.split(",", -1));
    }
}

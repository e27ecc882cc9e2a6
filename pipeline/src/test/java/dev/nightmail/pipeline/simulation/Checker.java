package dev.nightmail.pipeline.simulation;

import static dev.nightmail.pipeline.simulation.Violation.unless;

import dev.nightmail.pipeline.customid.CustomId;
import dev.nightmail.pipeline.simulation.Provider.Ask;
import dev.nightmail.pipeline.simulation.Provider.Batch;
import dev.nightmail.pipeline.simulation.Provider.End;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks at what is on disk after each process, and counts it anew from the tables' rows. It shares
 * no code with the state, and asks the {@link Provider} what is true.
 */
final class Checker {

    @SuppressWarnings("ArrayRecordComponent") // looked at, never compared
    private record BatchRow(
            int number,
            @Nullable String id,
            String state,
            long[] members,
            BitSet settled,
            long likelyMicros,
            @Nullable Instant collectedAt) {}

    private record RecordRow(
            long number, String id, String state, int batch, long answer, @Nullable String kind) {}

    /** The release of the tables; one that is not there yet was given up while they were made. */
    private static final int TABLES = 12;

    private final World.Plan plan;
    private final Provider provider;
    private final Records source;
    private final Path folder;
    private final Path file;

    private Map<Integer, BatchRow> batches = Map.of();
    private Map<Long, RecordRow> records = Map.of();
    private Set<Long> following = Set.of();

    Checker(World.Plan plan, Provider provider, Records source, Path folder, Path file) {
        this.source = source;
        this.plan = plan;
        this.provider = provider;
        this.folder = folder;
        this.file = file;
    }

    /** Differences, zigzag, seven bits a byte. */
    private static long[] members(ByteBuffer blob) {
        var members = new ArrayList<Long>();
        long before = 0;
        while (blob.hasRemaining()) {
            long value = 0;
            int shift = 0;
            byte part;
            do {
                part = blob.get();
                value |= (long) (part & 0x7F) << shift;
                shift += 7;
            } while (part < 0);
            before += (value >>> 1) ^ -(value & 1);
            members.add(before);
        }
        return members.stream().mapToLong(Long::longValue).toArray();
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private static void each(Connection sql, String query, Row row) throws SQLException {
        try (var statement = sql.createStatement();
                var rows = statement.executeQuery(query)) {
            while (rows.next()) {
                row.read(rows);
            }
        }
    }

    private static long number(Connection sql, String query) throws SQLException {
        try (var statement = sql.createStatement();
                var rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private void read(Connection sql) throws SQLException {
        batches = new TreeMap<>();
        records = new TreeMap<>();
        following = new HashSet<>();
        each(sql, "select record from following", row -> following.add(row.getLong(1)));
        each(
                sql,
                "select batch, batch_id, state, members, settled, likely_micros, collected_at from batch",
                row -> {
                    var members = ByteBuffer.wrap(row.getBytes(4));
                    var collected = row.getString(7);
                    batches.put(
                            row.getInt(1),
                            new BatchRow(
                                    row.getInt(1),
                                    row.getString(2),
                                    row.getString(3),
                                    members(members),
                                    BitSet.valueOf(row.getBytes(5)),
                                    row.getLong(6),
                                    collected == null ? null : Instant.parse(collected)));
                });
        each(
                sql,
                "select record, record_id, state, batch, answer, failure_kind from record",
                row ->
                        records.put(
                                row.getLong(1),
                                new RecordRow(
                                        row.getLong(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getInt(4),
                                        row.getLong(5),
                                        row.getString(6))));
    }

    // After each process

    /** What must hold whenever a process is gone. */
    void whatIsLeft() {
        if (!Files.exists(file)) {
            return;
        }
        try (var sql = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            if (number(sql, "pragma user_version") < TABLES) {
                return;
            }
            read(sql);
            checkTallies(sql);
            checkBatches();
            checkFollowing();
            checkSpent(sql);
            keepAnswers(sql);
            checkBudget(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void checkTallies(Connection sql) throws SQLException {
        long plan = number(sql, "select max(plan) from plan");
        var counted = new TreeMap<String, Long>();
        each(
                sql,
                "select piece, records from plan_members where plan = " + plan,
                row -> {
                    var bits = BitSet.valueOf(row.getBytes(2));
                    long first = row.getLong(1) << 15;
                    bits.stream()
                            .forEach(bit -> counted.merge(standOf(first + bit), 1L, Long::sum));
                });
        long unusable = number(sql, "select count(*) from unusable where plan = " + plan);
        if (unusable > 0) {
            counted.put("unusable", unusable);
        }
        var kept = new TreeMap<String, Long>();
        each(
                sql,
                "select stand, records from tally where records <> 0 and plan = " + plan,
                row -> kept.put(row.getString(1), row.getLong(2)));
        unless(kept.equals(counted), "tallies say %s, and a recount %s", kept, counted);
    }

    private String standOf(long number) {
        var record = records.get(number);
        if (record == null) {
            throw new Violation("the plan has record " + number + ", which there is not");
        }
        return switch (record.state()) {
            case "carried" -> {
                var batch = batches.get(record.batch());
                unless(
                        batch != null,
                        "%s is in batch %d, which there is not",
                        record.id(),
                        record.batch());
                yield batch != null && isOut(batch) ? "submitted" : "outstanding";
            }
            case "failed" -> "failed:" + record.kind();
            case "outstanding" -> following.contains(number) ? "following" : "outstanding";
            default -> record.state();
        };
    }

    /** Who waits for another's answer is in no batch itself. */
    private void checkFollowing() {
        for (long number : following) {
            var record = records.get(number);
            unless(
                    record != null && record.state().equals("outstanding") && record.batch() == 0,
                    "record %d waits for the answer to another one",
                    number);
        }
    }

    private static boolean isOut(BatchRow batch) {
        return batch.state().equals("intended") || batch.state().equals("submitted");
    }

    /** Batches the endpoint has are what the state says they are, and who is carried is in them. */
    private void checkBatches() {
        var ids = new HashSet<String>();
        for (var batch : batches.values()) {
            var id = batch.id();
            if (id == null) {
                continue;
            }
            unless(ids.add(id), "two batches are %s", id);
            var there = provider.ever(id);
            unless(there != null && !there.foreign, "batch %d is not ours: %s", batch.number(), id);
            if (there != null) {
                there.named = true;
                var asked = new TreeSet<String>();
                there.asks.forEach(ask -> asked.add(ask.customId));
                for (var ask : asked) {
                    unless(
                            membersOf(batch).contains(ask),
                            "%s has %s, and batch %d does not",
                            id,
                            ask,
                            batch.number());
                }
            }
        }
        for (var record : records.values()) {
            if (!record.state().equals("carried")) {
                continue;
            }
            var batch = batches.get(record.batch());
            if (batch == null || batch.state().equals("drafted")) {
                continue;
            }
            unless(
                    !List.of("collected", "gone", "abandoned", "dissolved").contains(batch.state()),
                    "%s waits for batch %d, which is %s",
                    record.id(),
                    record.batch(),
                    batch.state());
            boolean open = false;
            for (int place = 0; place < batch.members().length; place++) {
                open |= batch.members()[place] == record.number() && !batch.settled().get(place);
            }
            unless(
                    open,
                    "%s waits for batch %d, which has its result",
                    record.id(),
                    record.batch());
        }
    }

    private Set<String> membersOf(BatchRow batch) {
        var ids = new TreeSet<String>();
        for (var member : batch.members()) {
            var record = records.get(member);
            if (record != null) {
                ids.add(CustomId.ofRecord(record.id()).value());
            }
        }
        return ids;
    }

    /** Each answer that was taken is charged once; with those figures the sum says which were. */
    private void checkSpent(Connection sql) throws SQLException {
        var input = new HashMap<Integer, Long>();
        each(
                sql,
                "select batch, sum(input_tokens) from spent group by batch",
                row -> input.put(row.getInt(1), row.getLong(2)));
        var answered = new HashSet<String>();
        each(
                sql,
                "select a.batch, r.record_id from answer a join record r on r.record = a.record where a.attempts > 0",
                row -> answered.add(row.getInt(1) + CustomId.ofRecord(row.getString(2)).value()));
        for (var batch : batches.values()) {
            long spent = input.getOrDefault(batch.number(), 0L);
            var there = batch.id() == null ? null : provider.ever(batch.id());
            if (there == null) {
                unless(spent == 0, "batch %d cost something before it was there", batch.number());
            } else if (plan.budgetMicros() == null) {
                checkEachCharged(batch, there, spent, answered);
            } else {
                checkAllCharged(there, spent);
            }
        }
    }

    private void checkEachCharged(BatchRow batch, Batch there, long spent, Set<String> answered) {
        long left = spent;
        for (var ask : there.asks) {
            long times = left & 3;
            left >>>= 2;
            unless(times <= 1, "%s of %s is charged %d times", ask.customId, there.id, times);
            boolean costs = ask.end == End.SUCCEEDED || ask.end == End.UNUSABLE;
            boolean hasAnswer = answered.contains(batch.number() + ask.customId);
            if (times == 1) {
                unless(
                        costs && ask.told && isSettled(batch, ask),
                        "%s of %s is charged, and %s",
                        ask.customId,
                        there.id,
                        ask.end);
                unless(
                        hasAnswer || ask.end == End.UNUSABLE,
                        "%s of %s is paid for, and its answer is not kept",
                        ask.customId,
                        there.id);
            } else {
                unless(!hasAnswer, "%s of %s is answered for nothing", ask.customId, there.id);
                unless(
                        !costs || !isSettled(batch, ask) || mayHaveGivenUp(there),
                        "%s of %s was answered, and is settled without it",
                        ask.customId,
                        there.id);
            }
        }
        unless(left == 0, "%s is charged with too much", there.id);
    }

    private static void checkAllCharged(Batch there, long spent) {
        long most =
                there.asks.stream()
                        .filter(ask -> ask.told)
                        .filter(ask -> ask.end == End.SUCCEEDED || ask.end == End.UNUSABLE)
                        .count();
        unless(spent <= most, "%s is charged for %d answers of %d", there.id, spent, most);
    }

    private boolean isSettled(BatchRow batch, Ask ask) {
        for (int place = 0; place < batch.members().length; place++) {
            var record = records.get(batch.members()[place]);
            if (record != null && CustomId.ofRecord(record.id()).value().equals(ask.customId)) {
                return batch.settled().get(place);
            }
        }
        return false;
    }

    /** Whether what it lacked was waited for as long as the pipeline says, or will not come. */
    private boolean mayHaveGivenUp(Batch batch) {
        return provider.mayHaveGivenUp(batch);
    }

    private void keepAnswers(Connection sql) throws SQLException {
        each(
                sql,
                "select b.batch_id, r.record_id from answer a join record r on r.record = a.record join batch b on b.batch = a.batch where a.attempts > 0",
                row ->
                        provider.kept(
                                row.getString(1), CustomId.ofRecord(row.getString(2)).value()));
    }

    private void checkBudget(Connection sql) throws SQLException {
        var budget = plan.budgetMicros();
        if (budget == null) {
            return;
        }
        // A micro-dollar for a token of input and five for one of output, and a batch pays half.
        // No answer here takes more than is likely, so that what is promised is never exceeded.
        long spent = number(sql, "select sum(input_tokens + 5 * output_tokens) from spent") / 2;
        var charged = new HashSet<Integer>();
        each(sql, "select distinct batch from spent", row -> charged.add(row.getInt(1)));
        long likely =
                batches.values().stream()
                        .filter(Checker::isOut)
                        .filter(batch -> !charged.contains(batch.number()))
                        .mapToLong(BatchRow::likelyMicros)
                        .sum();
        unless(
                spent + likely <= budget,
                "%d micro-dollars were spent of %d, and %d are likely",
                spent,
                budget,
                likely);
    }

    // At the end

    /** What must hold when the pipeline is complete. */
    void whatCameOfIt(
            List<Records.Row> rows, String prompt, Map<String, String> table, boolean complete) {
        try (var sql = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            read(sql);
            checkRecords(rows, prompt, table, complete);
            if (complete) {
                checkNothingIsOut();
                checkNoWorkIsLeft(sql);
            }
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void checkRecords(
            List<Records.Row> rows, String prompt, Map<String, String> table, boolean complete)
            throws IOException {
        var byId = new HashMap<String, RecordRow>();
        records.values().forEach(record -> byId.put(record.id(), record));
        var setAside = new TreeSet<String>();
        for (var row : rows) {
            if (row.text().isEmpty()) {
                setAside.add(row.id());
                continue;
            }
            var record = byId.get(row.id());
            if (record == null) {
                throw new Violation(row.id() + " is not in the state");
            }
            var content = prompt + "|" + source.group(row.id()) + "|" + row.text();
            switch (record.state()) {
                case "done" -> checkAnswer(record, content, table);
                case "failed" -> {
                    setAside.add(row.id());
                    checkFailure(record, content);
                }
                default ->
                        unless(!complete, "%s is %s at the end of all", row.id(), record.state());
            }
        }
        var told = new TreeSet<String>();
        var failed = folder.resolve("failed.jsonl");
        if (Files.exists(failed)) {
            for (var line : Files.readAllLines(failed)) {
                told.add(JsonMapper.shared().readTree(line).path("id").asString());
            }
        }
        if (complete) {
            unless(
                    told.equals(setAside),
                    "failed.jsonl has %s, and set aside are %s",
                    told,
                    setAside);
        }
    }

    private void checkAnswer(RecordRow record, String content, Map<String, String> table) {
        var row = table.get(record.id());
        if (row == null) {
            throw new Violation(record.id() + " is done, and the table has no answer");
        }
        var read = JsonMapper.shared().readTree(row);
        var text = plan.withSchema() ? read.path("text").asString() : read.asString();
        boolean given =
                asked(record, content).entrySet().stream()
                        .anyMatch(each ->
                                each.getKey().end == End.SUCCEEDED
                                        && each.getKey().told
                                        && Provider.answer(each.getValue(), each.getKey())
                                                .equals(text));
        unless(given, "%s is asked \"%s\", and its answer is \"%s\"", record.id(), content, text);
    }

    /** What was accepted of what a record asks, by whomever if that is the same. */
    private Map<Ask, Batch> asked(RecordRow record, String content) {
        return plan.dedupe()
                ? provider.accepted(content)
                : provider.accepted(CustomId.ofRecord(record.id()).value(), content);
    }

    private void checkFailure(RecordRow record, String content) {
        var accepted = asked(record, content);
        var kind = String.valueOf(record.kind());
        boolean told =
                switch (kind) {
                    case "no_result" -> accepted.values().stream().anyMatch(this::mayHaveGivenUp);
                    case "invalid_request" -> hasEnd(accepted, End.INVALID);
                    case "refusal", "invalid_answer" -> hasEnd(accepted, End.UNUSABLE);
                    case "account" -> hasEnd(accepted, End.ACCOUNT);
                    case "transient_error" -> hasEnd(accepted, End.FAILED);
                    case "expired" -> hasEnd(accepted, End.EXPIRED);
                    default -> false;
                };
        unless(told, "%s is set aside as %s, which nobody said", record.id(), kind);
        var own = CustomId.ofRecord(record.id()).value();
        provider.accepted(own, content)
                .forEach((ask, batch) ->
                        unless(
                                !provider.isKept(batch.id, ask.customId)
                                        || ask.end != End.SUCCEEDED,
                                "%s is set aside, and %s answered it",
                                record.id(),
                                batch.id));
    }

    private static boolean hasEnd(Map<Ask, Batch> accepted, End end) {
        return accepted.keySet().stream().anyMatch(ask -> ask.end == end && ask.told);
    }

    /** Whatever was paid for was taken. */
    private void checkNothingIsOut() {
        var states = new HashMap<String, String>();
        for (var batch : batches.values()) {
            var id = batch.id();
            if (id != null) {
                states.put(id, batch.state());
            }
            unless(!isOut(batch), "batch %d is %s", batch.number(), batch.state());
        }
        for (var batch : provider.all()) {
            if (!batch.foreign && !batch.deleted) {
                unless(
                        "collected".equals(states.get(batch.id)),
                        "%s was paid for, and is %s",
                        batch.id,
                        states.getOrDefault(batch.id, "not known"));
            }
        }
    }

    /** But for requests of records that the source does not have now. */
    private void checkNoWorkIsLeft(Connection sql) throws SQLException, IOException {
        var wanted = new TreeSet<String>();
        for (var record : records.values()) {
            if (record.state().equals("outstanding") && record.batch() != 0) {
                wanted.add("batch-%06d.jsonl".formatted(record.batch()));
            }
        }
        each(
                sql,
                "select batch from batch where state = 'prepared'",
                row -> wanted.add("batch-%06d.jsonl".formatted(row.getInt(1))));
        var work = folder.resolve(".nightmail").resolve("sim.state.work");
        var left = new ArrayList<String>();
        if (Files.exists(work)) {
            try (var files = Files.list(work)) {
                files.map(path -> String.valueOf(path.getFileName()))
                        .filter(name -> !wanted.contains(name))
                        .forEach(left::add);
            }
        }
        unless(left.isEmpty(), "work is left: %s", left);
    }
}

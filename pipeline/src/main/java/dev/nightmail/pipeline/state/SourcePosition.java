package dev.nightmail.pipeline.state;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * How far a source has been read that can be read from a position, and the records that were read
 * before it: they stay records of the pipeline though the source does not give them again.
 */
public final class SourcePosition {

    private static final String IDENTITY = "source_identity";
    private static final String POSITION = "source_position";
    static final String PLAN = "source_plan";

    private final Sql sql;
    private final RecordTable records;
    private final CurrentPlan current;
    private final Tallies tallies;
    private final Settings settings;

    SourcePosition(Sql sql, RecordTable records, CurrentPlan current, Tallies tallies) {
        this.sql = sql;
        this.records = records;
        this.current = current;
        this.tallies = tallies;
        this.settings = new Settings(sql);
    }

    /**
     * How far it was read.
     *
     * @param identity of the source and of all that shapes what its records are asked; what was
     *     remembered of another says nothing
     */
    public Optional<String> of(String identity) {
        return settings.value(IDENTITY)
                .filter(identity::equals)
                .flatMap(_ -> settings.value(POSITION));
    }

    /**
     * Whether records that were read before a position are to be asked again, or for the first time
     * if they were unusable and are mended since. The source has to give them again for that.
     *
     * @param asksAgain whether one that is set aside is, by kind and history
     */
    public boolean leavesRecordsToAskAgain(BiPredicate<String, History> asksAgain) {
        return leavesUnusableRecords() || records.leavesSomeToReadAgain(asksAgain);
    }

    private boolean leavesUnusableRecords() {
        return sql.first("select 1 from unusable where plan >= ? limit 1", _ -> true, plan())
                .isPresent();
    }

    /** The place in the source's order after all records so far. */
    public long nextPlace() {
        return sql.number("select records_read from plan where plan = ?", plan());
    }

    /**
     * Takes the records that were read before into the current plan. One that the source gave now,
     * and that cannot be asked any more, is no longer what it was: it stays out.
     */
    public void keepEarlier(Plan to) {
        var earlier = new PlanMembers();
        earlier.load(sql, new Plan(plan()));
        var unusable =
                Set.copyOf(
                        sql.list(
                                "select record_id from unusable where plan = ? and record_id is not null",
                                row -> row.getString(1),
                                to.number()));
        sql.each(
                """
                select r.record, r.record_id, r.state, r.failure_kind, b.state, f.leader is not null
                  from record r
                  left join batch b on b.batch = r.batch and r.state = 'carried'
                  left join following f on f.record = r.record
                """,
                row -> {
                    long record = row.getLong(1);
                    if (earlier.has(record)
                            && !current.has(record)
                            && !unusable.contains(row.getString(2))) {
                        current.add(record);
                        tallies.add(
                                stand(
                                        row.getString(3),
                                        row.getString(4),
                                        row.getString(5),
                                        row.getBoolean(6)),
                                1);
                    }
                    return true;
                });
    }

    private static String stand(
            String state,
            @Nullable String failureKind,
            @Nullable String batchState,
            boolean isFollowing) {
        return switch (RecordState.ofStored(state)) {
            case CARRIED ->
                    "intended".equals(batchState) || "submitted".equals(batchState)
                            ? Tallies.SUBMITTED
                            : Tallies.OUTSTANDING;
            case OUTSTANDING -> isFollowing ? Tallies.FOLLOWING : Tallies.OUTSTANDING;
            case DONE -> Tallies.DONE;
            case FAILED -> Tallies.failed(String.valueOf(failureKind));
            case CANCELED -> Tallies.CANCELED;
        };
    }

    /** Every record before the position is in the state. */
    public void reached(Plan plan, String identity, String position) {
        settings.set(IDENTITY, identity);
        settings.set(POSITION, position);
        settings.set(PLAN, String.valueOf(plan.number()));
    }

    /** The source is read from its beginning the next time. */
    public void forget() {
        for (var name : List.of(IDENTITY, POSITION, PLAN)) {
            sql.update("delete from setting where name = ?", name);
        }
    }

    private int plan() {
        return settings.value(PLAN).map(Integer::parseInt).orElse(Integer.MAX_VALUE);
    }
}

package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.answer.FailureKind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many records of a plan stand where. Kept with every change instead of counted: what changes
 * within a transaction is written once, at its end ({@link #save}).
 */
final class Tallies {

    /** To be sent; a batch that is prepared may have them. */
    static final String OUTSTANDING = "outstanding";

    /** Not to be sent: they get the answer to another one that asks the same. */
    static final String FOLLOWING = "following";

    /** In a batch that is out, or may be. */
    static final String SUBMITTED = "submitted";

    static final String DONE = "done";
    static final String CANCELED = "canceled";
    static final String UNUSABLE = "unusable";
    private static final String FAILED = "failed:";

    private final Sql sql;
    private final Map<String, Long> changes = new TreeMap<>();

    Tallies(Sql sql) {
        this.sql = sql;
    }

    static String failed(String kind) {
        return FAILED + kind;
    }

    void add(String stand, long records) {
        if (records != 0) {
            changes.merge(stand, records, Long::sum);
        }
    }

    void move(String from, String to, long records) {
        add(from, -records);
        add(to, records);
    }

    void save(Plan plan) {
        changes.forEach((stand, records) ->
                sql.update(
                        """
                        insert into tally (plan, stand, records) values (?, ?, ?)
                        on conflict (plan, stand) do update set records = records + excluded.records
                        """,
                        plan.number(),
                        stand,
                        records));
        changes.clear();
    }

    /** What a transaction that failed had changed. */
    void forget() {
        changes.clear();
    }

    RecordCounts counts(Plan plan) {
        var stands = new TreeMap<String, Long>();
        sql.each(
                "select stand, records from tally where plan = ?",
                row -> {
                    var stand = row.getString(1);
                    stands.merge(
                            stand.startsWith(FAILED) ? FAILED : stand, row.getLong(2), Long::sum);
                    return true;
                },
                plan.number());
        return new RecordCounts(
                stands.getOrDefault(OUTSTANDING, 0L),
                stands.getOrDefault(FOLLOWING, 0L),
                stands.getOrDefault(SUBMITTED, 0L),
                stands.getOrDefault(DONE, 0L),
                stands.getOrDefault(FAILED, 0L),
                stands.getOrDefault(CANCELED, 0L),
                stands.getOrDefault(UNUSABLE, 0L));
    }

    /** By kind, in order of the kinds' names, unusable records last. */
    Map<String, Long> failures(Plan plan) {
        var failures = new LinkedHashMap<String, Long>();
        sql.each(
                "select stand, records from tally where plan = ? and records > 0 order by stand",
                row -> {
                    var stand = row.getString(1);
                    if (stand.startsWith(FAILED)) {
                        failures.put(stand.substring(FAILED.length()), row.getLong(2));
                    }
                    return true;
                },
                plan.number());
        long unusable = counts(plan).unusable();
        if (unusable > 0) {
            failures.put(FailureKind.UNUSABLE_RECORD.wireName(), unusable);
        }
        return failures;
    }
}

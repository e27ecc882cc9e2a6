package dev.nightmail.pipeline.state;

import java.util.List;

/**
 * Records that are not asked themselves, since another one asks the same: they get its answer, or
 * its failure. A follower is outstanding and in no batch, and what it would be asked is what its
 * leader is asked, or was when the batch that is out was sent.
 *
 * <p>Where a leader will not be answered in this run and its followers could not know, they are
 * {@linkplain #orphan orphaned}: outstanding as if nobody had been found for them, so that the next
 * run reads the source again. Methods that change something belong into a transaction.
 */
final class Followers {

    private final Sql sql;
    private final CurrentPlan current;
    private final Tallies tallies;

    /** Whether there were any since the state was opened; most pipelines never have one. */
    private volatile boolean any;

    Followers(Sql sql, CurrentPlan current, Tallies tallies) {
        this.sql = sql;
        this.current = current;
        this.tallies = tallies;
        this.any = sql.first("select 1 from following limit 1", _ -> true).isPresent();
    }

    void add(long record, long leader) {
        any = true;
        sql.update(
                "insert or replace into following (record, leader) values (?, ?)", record, leader);
        tallies.add(Tallies.FOLLOWING, 1);
    }

    /** It is asked something else, or itself. */
    void forget(long record) {
        if (any) {
            sql.update("delete from following where record = ?", record);
        }
    }

    /** Whether any waits for this batch to answer a record that is asked something else by now. */
    boolean waitForSuperseded(int batch) {
        return any
                && sql.first(
                                """
                                select 1
                                  from superseded s
                                  join following f on f.leader = s.record
                                  join record r on r.record = f.record and r.content = s.content
                                 where s.batch = ?
                                 limit 1
                                """,
                                _ -> true,
                                batch)
                        .isPresent();
    }

    /** Those that wait for what this batch asks a record. */
    List<Long> of(long leader, int batch) {
        if (!any) {
            return List.of();
        }
        return sql.list(
                """
                select f.record
                  from following f
                  join record r on r.record = f.record
                 where f.leader = ?
                   and r.content in (select content from record where record = ? and batch = ?
                                     union all
                                     select content from superseded where record = ? and batch = ?)
                """,
                row -> row.getLong(1),
                leader,
                leader,
                batch,
                leader,
                batch);
    }

    /** They were given what their leader was. */
    void settle(List<Long> followers, String stand) {
        for (var follower : followers) {
            sql.update("delete from following where record = ?", follower);
            if (current.has(follower)) {
                tallies.move(Tallies.FOLLOWING, stand, 1);
            }
        }
    }

    /** Who they wait for will not be answered in this run. */
    void orphan(List<Long> followers) {
        settle(followers, Tallies.OUTSTANDING);
    }

    /** A batch that is over answers no more of what it was asked in vain. */
    void orphanSuperseded(int batch) {
        if (any) {
            sql.list("select record from superseded where batch = ?", row -> row.getLong(1), batch)
                    .forEach(leader -> orphan(of(leader, batch)));
        }
    }
}

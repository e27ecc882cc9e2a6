package dev.nightmail.pipeline.state;

import org.jspecify.annotations.Nullable;

/** The plan whose records are counted, and which they are. */
final class CurrentPlan {

    private final PlanMembers members = new PlanMembers();
    private @Nullable Plan plan;

    void begin(Plan begun) {
        plan = begun;
        members.clear();
    }

    void resume(Sql sql, Plan before) {
        plan = before;
        members.load(sql, before);
    }

    void add(long record) {
        members.add(record);
    }

    boolean has(long record) {
        return members.has(record);
    }

    /** At the end of each transaction. */
    void save(Sql sql, Tallies tallies) {
        if (plan == null) {
            tallies.forget();
            return;
        }
        members.save(sql, plan);
        tallies.save(plan);
    }
}

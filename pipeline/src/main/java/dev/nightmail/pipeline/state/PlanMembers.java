package dev.nightmail.pipeline.state;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which records belong to a plan: a bit each. It is stored in pieces of {@link #PIECE_RECORDS}
 * records, of which a transaction writes only those that changed. 50 million records take 6 MB.
 */
final class PlanMembers {

    static final int PIECE_RECORDS = 1 << 15;

    private final Map<Integer, BitSet> pieces = new HashMap<>();
    private final TreeSet<Integer> changed = new TreeSet<>();

    boolean has(long record) {
        var piece = pieces.get((int) (record / PIECE_RECORDS));
        return piece != null && piece.get((int) (record % PIECE_RECORDS));
    }

    void add(long record) {
        int number = (int) (record / PIECE_RECORDS);
        pieces.computeIfAbsent(number, _ -> new BitSet()).set((int) (record % PIECE_RECORDS));
        changed.add(number);
    }

    void clear() {
        pieces.clear();
        changed.clear();
    }

    void load(Sql sql, Plan plan) {
        clear();
        sql.each(
                "select piece, records from plan_members where plan = ?",
                row -> {
                    pieces.put(row.getInt(1), BitSet.valueOf(row.getBytes(2)));
                    return true;
                },
                plan.number());
    }

    void save(Sql sql, Plan plan) {
        for (var number : changed) {
            sql.update(
                    "insert or replace into plan_members (plan, piece, records) values (?, ?, ?)",
                    plan.number(),
                    number,
                    pieces.getOrDefault(number, new BitSet()).toByteArray());
        }
        changed.clear();
    }
}

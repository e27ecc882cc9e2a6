package dev.nightmail.pipeline.state;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pilots of one prompt at one endpoint: batches of its first requests, and those with what of
 * them was asked again. Which they are is kept as a setting; what came of them is told by the
 * batches and the records. Batches are named there by the fingerprints of their files, since the
 * number of one that came to nothing is used again. Methods that change something belong into a
 * transaction.
 *
 * <p>A pilot is noted in the transaction in which its batch is <em>intended</em>, and what of it is
 * asked again in the one in which that batch is <em>prepared</em>. So a crash before leaves a
 * prepared batch like any other, and a crash after one that the next run knows to be the pilot's.
 * No verdict is kept: whoever needs one asks for the {@link #outcome} again, so that mended records
 * and another bound count. That the rest may be sent is told by a batch beside the pilots that is
 * out, or was answered.
 */
public final class PilotBatches {

    private static final String BETWEEN_PILOTS = ";";
    private static final String BETWEEN_BATCHES = ",";

    private final Sql sql;
    private final Settings settings;
    private final BatchTable batches;
    private final CurrentPlan current;
    private final String promptVersion;
    private final String endpoint;
    private final String name;

    PilotBatches(
            Sql sql,
            BatchTable batches,
            CurrentPlan current,
            String promptVersion,
            String endpoint) {
        this.sql = sql;
        this.settings = new Settings(sql);
        this.batches = batches;
        this.current = current;
        this.promptVersion = promptVersion;
        this.endpoint = endpoint;
        this.name = "pilot " + promptVersion + " " + endpoint;
    }

    private List<String> pilots() {
        return settings.value(name)
                .map(value -> List.of(value.split(BETWEEN_PILOTS, -1)))
                .orElse(List.of());
    }

    /** This batch is the pilot from here on. */
    public void begin(StoredBatch batch) {
        settings.set(
                name,
                settings.value(name).map(value -> value + BETWEEN_PILOTS).orElse("")
                        + batch.fingerprint());
    }

    /** This batch asks some of the pilot's records again. */
    public void add(StoredBatch batch) {
        settings.set(
                name, settings.value(name).orElseThrow() + BETWEEN_BATCHES + batch.fingerprint());
    }

    /** The batches of the last pilot; empty if there was none. */
    public List<Integer> latest() {
        var pilots = pilots();
        return pilots.isEmpty() ? List.of() : numbersOf(pilots.getLast());
    }

    private List<Integer> numbersOf(String pilot) {
        return Arrays.stream(pilot.split(BETWEEN_BATCHES, -1))
                .distinct()
                .flatMap(fingerprint ->
                        sql
                                .list(
                                        "select batch from batch where fingerprint = ? order by batch",
                                        row -> row.getInt(1),
                                        fingerprint)
                                .stream())
                .toList();
    }

    /** Whether requests of this prompt beside its pilots are out, or were answered. */
    public boolean isPast() {
        var ofPilots = new HashSet<Integer>();
        pilots().forEach(pilot -> ofPilots.addAll(numbersOf(pilot)));
        return sql
                .list(
                        """
                        select batch
                          from batch
                         where prompt_version = ? and endpoint = ?
                           and (state in ('intended', 'submitted') or accepted > 0)
                         order by batch
                        """,
                        row -> row.getInt(1),
                        promptVersion,
                        endpoint)
                .stream()
                .anyMatch(batch -> !ofPilots.contains(batch));
    }

    /**
     * Records of the pilot that are set aside for one kind of failure.
     *
     * @param recordId the first of them
     * @param message of the first
     */
    public record Failures(long records, String recordId, String message) {}

    /**
     * What came of the last pilot.
     *
     * @param requests it had; 0 if nothing is known of it
     * @param answered of them
     * @param askAgain of them that are to go into another batch
     * @param failures of those that are still asked the same, by kind
     */
    public record Outcome(
            long requests, long answered, long askAgain, Map<String, Failures> failures) {
        public Outcome {
            failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
        }
    }

    public Outcome outcome() {
        var numbers = latest();
        if (numbers.isEmpty()) {
            return new Outcome(0, 0, 0, Map.of());
        }
        long answered = 0;
        long askAgain = 0;
        for (int number : numbers) {
            answered += sql.number("select accepted from batch where batch = ?", number);
            askAgain += batches.outstandingOf(number).size();
        }
        var members = new HashSet<Long>();
        for (long member : batches.members(numbers.getFirst())) {
            members.add(member);
        }
        return new Outcome(
                batches.batch(numbers.getFirst()).requests(),
                answered,
                askAgain,
                failures(members));
    }

    private Map<String, Failures> failures(Set<Long> members) {
        var failures = new LinkedHashMap<String, Failures>();
        sql.each(
                """
                select record, failure_kind, record_id, failure_message
                  from record
                 where state = 'failed'
                 order by record
                """,
                row -> {
                    if (members.contains(row.getLong(1)) && current.has(row.getLong(1))) {
                        failures.merge(
                                row.getString(2),
                                new Failures(1, row.getString(3), row.getString(4)),
                                (first, _) ->
                                        new Failures(
                                                first.records() + 1,
                                                first.recordId(),
                                                first.message()));
                    }
                    return true;
                });
        return failures;
    }
}

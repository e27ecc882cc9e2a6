package dev.nightmail.simulation.catalog;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.ledger.Ledger;
import dev.nightmail.core.ledger.LedgerEntry;
import dev.nightmail.simulation.fault.Faults;
import dev.nightmail.simulation.turn.Baton;
import dev.nightmail.simulation.turn.Life;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The tables of catalog and ledger. They outlive the processes; each statement is a transaction of
 * its own.
 */
public final class SimulatedCatalog {

    private final Baton baton;
    private final Faults faults;
    private final RandomGenerator random;
    private final boolean losesUpdates;
    private final boolean chargesTwice;
    final NavigableMap<BatchId, Batch> rows = new TreeMap<>();
    final NavigableMap<BatchId, List<LedgerEntry>> entries = new TreeMap<>();

    /**
     * @param losesUpdates whether some updates are reported as done and are not
     * @param chargesTwice whether the ledger takes what it has already
     */
    public SimulatedCatalog(
            Baton baton,
            Faults faults,
            RandomGenerator random,
            boolean losesUpdates,
            boolean chargesTwice) {
        this.baton = baton;
        this.faults = faults;
        this.random = random;
        this.losesUpdates = losesUpdates;
        this.chargesTwice = chargesTwice;
    }

    /** The catalog as one process has it. */
    public BatchCatalog batchesIn(Life life) {
        return new AttachedCatalog(this, transactions(life));
    }

    public Ledger ledgerIn(Life life) {
        return new AttachedLedger(this, transactions(life));
    }

    private Transactions transactions(Life life) {
        return new Transactions(life, baton, faults, random);
    }

    boolean losesThisUpdate() {
        return losesUpdates && random.nextInt(4) == 0;
    }

    boolean chargesTwice() {
        return chargesTwice;
    }

    // For whoever looks at it from outside

    public Optional<Batch> row(BatchId id) {
        return Optional.ofNullable(rows.get(id));
    }

    public List<Batch> rows() {
        return List.copyOf(rows.values());
    }

    public List<LedgerEntry> entries(BatchId id) {
        return List.copyOf(entries.getOrDefault(id, new ArrayList<>()));
    }

    /** All that is in it, as text. */
    public String contents() {
        return rows + "\n" + entries;
    }
}

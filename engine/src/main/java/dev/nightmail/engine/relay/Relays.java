package dev.nightmail.engine.relay;

import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.relay.RelayLog;
import dev.nightmail.core.relay.RelayRecord;
import dev.nightmail.core.relay.RelayState;
import dev.nightmail.core.request.RequestCheck;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.engine.thread.Mailbox;
import dev.nightmail.engine.thread.Threads;
import dev.nightmail.engine.thread.Threads.Strand;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what the scheduler wants done with relays, each on a strand of its own. */
public final class Relays {

    private static final Logger log = LoggerFactory.getLogger(Relays.class);

    /** For strands to notice that the server stops, once they were interrupted. */
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(5);

    private final RelayLog records;
    private final Map<String, RelayRun.Tools> tools = new HashMap<>();
    private final Threads threads;
    private final Map<RelayId, Running> underWay = new ConcurrentHashMap<>();
    private final Map<RelayId, RelayRecord> recovered = new ConcurrentHashMap<>();
    private final Mailbox<RelayId> ended;

    /** A provider with the way it is to be treated. */
    public record Provider(BatchUpstream upstream, RelaySettings settings) {}

    private record Running(RelayRun run, Strand strand) {}

    /**
     * @param nanoTime a clock that nobody sets
     */
    public Relays(
            List<Provider> providers,
            RelayLog records,
            RequestSource requests,
            RequestCheck check,
            InstantSource clock,
            LongSupplier nanoTime,
            Consumer<Event> report,
            Threads threads) {
        this.records = records;
        this.threads = threads;
        this.ended = threads.mailbox();
        for (var provider : providers) {
            tools.put(
                    provider.upstream().name(),
                    new RelayRun.Tools(
                            provider.upstream(),
                            provider.settings(),
                            records,
                            requests,
                            check,
                            new KnownBatches(),
                            clock,
                            nanoTime,
                            report));
        }
    }

    /**
     * What the last process left under way, to be resumed when the scheduler says so. What it had
     * done with is finished at once.
     *
     * @return those whose requests are out
     */
    public List<Relay> recover() {
        var out = new ArrayList<Relay>();
        for (var record : records.records()) {
            var provider = tools.get(record.relay().upstream());
            var id = providerId(record.state());
            if (provider != null && id != null) {
                provider.known().add(id);
            }
            if (record.state() instanceof RelayState.Collected) {
                start(record.relay(), record, false);
            } else {
                recovered.put(record.relay().id(), record);
                out.add(record.relay());
            }
        }
        return out;
    }

    private static @Nullable String providerId(RelayState state) {
        return switch (state) {
            case RelayState.Intended _ -> null;
            case RelayState.Submitted(var id, boolean _) -> id;
            case RelayState.Collected(var id) -> id;
        };
    }

    /** The upstreams that the last process left held. */
    public Set<String> held() {
        return records.held();
    }

    /** A person has resumed an upstream. */
    public void resumed(String upstream) {
        threads.virtual(
                        "resumed-" + upstream,
                        () -> {
                            try {
                                records.release(upstream);
                            } catch (JournalException e) {
                                log.error(
                                        "event=resume_not_recorded upstream={} reason=\"{}\" after_a_restart_it_is_held_again=true",
                                        upstream,
                                        e.getMessage());
                            }
                        })
                .start();
    }

    /**
     * @param ofOneKey whether all its requests are of one key
     */
    public void submit(Relay relay, boolean ofOneKey) {
        start(relay, null, ofOneKey);
    }

    public void resume(RelayId id) {
        var record = recovered.remove(id);
        if (record != null) {
            start(record.relay(), record, false);
        }
    }

    private void start(Relay relay, @Nullable RelayRecord record, boolean ofOneKey) {
        var used = tools.get(relay.upstream());
        if (used == null) {
            log.error(
                    "event=relay_stranded relay={} upstream={} requests={} reason=\"no upstream of that name takes batches: put upstreams.{} with mode batches back, and what was paid is collected\"",
                    relay.id(),
                    relay.upstream(),
                    relay.size(),
                    relay.upstream());
            return;
        }
        var run = new RelayRun(relay, record, ofOneKey, used, threads.mailbox());
        var strand =
                threads.virtual(
                        relay.id().value(),
                        () -> {
                            try {
                                run.run();
                            } finally {
                                underWay.remove(relay.id());
                                ended.put(relay.id());
                            }
                        });
        underWay.put(relay.id(), new Running(run, strand));
        strand.start();
    }

    public void more(RelayId id) {
        tell(id, Signal.MORE);
    }

    public void collectAgain(RelayId id) {
        tell(id, Signal.COLLECT);
    }

    public void cancel(RelayId id) {
        tell(id, Signal.CANCEL);
    }

    /**
     * @param discarded answers that came too late for their requests
     */
    public void close(RelayId id, int discarded) {
        if (discarded > 0) {
            log.warn("event=answers_discarded relay={} answers={}", id, discarded);
        }
        tell(id, Signal.CLOSE);
    }

    private void tell(RelayId id, Signal signal) {
        var running = underWay.get(id);
        if (running != null) {
            running.run().tell(signal);
        }
    }

    /**
     * Leaves every relay where it is, for the next start to go on with.
     *
     * @param patience with a create that is under way: one that is cut off has to be searched for
     */
    public void stop(Duration patience) throws InterruptedException {
        underWay.values().forEach(running -> running.run().tell(Signal.STOP));
        if (!allEnded(patience)) {
            underWay.values().forEach(running -> running.strand().interrupt());
            if (!allEnded(LAST_PATIENCE)) {
                log.error("event=relays_stuck relays={}", underWay.keySet());
            }
        }
    }

    private boolean allEnded(Duration patience) throws InterruptedException {
        while (!underWay.isEmpty()) {
            if (ended.poll(patience) == null) {
                return underWay.isEmpty();
            }
        }
        return true;
    }
}

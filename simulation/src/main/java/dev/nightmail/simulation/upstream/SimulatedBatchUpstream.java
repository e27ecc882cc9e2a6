package dev.nightmail.simulation.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.RelayedOutcome;
import dev.nightmail.simulation.fault.Fault;
import dev.nightmail.simulation.fault.Faults;
import dev.nightmail.simulation.turn.Baton;
import dev.nightmail.simulation.turn.Life;
import dev.nightmail.simulation.turn.Violation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A provider as one process has it: across a network on which everything can go wrong. */
public final class SimulatedBatchUpstream implements BatchUpstream {

    private static final JsonBytes ERROR = JsonBytes.of("{\"type\":\"error\"}");
    private static final int PAGE_BATCHES = 3;

    private final String name;
    private final Provider provider;
    private final Life life;
    private final Baton baton;
    private final Faults faults;
    private final RandomGenerator random;

    public SimulatedBatchUpstream(
            String name,
            Provider provider,
            Life life,
            Baton baton,
            Faults faults,
            RandomGenerator random) {
        this.name = name;
        this.provider = provider;
        this.life = life;
        this.baton = baton;
        this.faults = faults;
        this.random = random;
    }

    @Override
    public String name() {
        return name;
    }

    /** Why the provider was not even asked; null if it was. */
    private @Nullable AttemptOutcome onTheWay(String what) throws InterruptedException {
        baton.sleepInterruptibly(Duration.ZERO);
        life.point(what);
        baton.sleepInterruptibly(
                Duration.ofNanos(random.nextLong(200_000_000L >>> random.nextInt(20))));
        if (provider.isDead()) {
            baton.sleepInterruptibly(Duration.ofSeconds(10));
            return new AttemptOutcome.Unreachable("connect timeout", ERROR);
        }
        if (faults.happens(Fault.CALL_UNREACHABLE)) {
            return new AttemptOutcome.Unreachable("connection refused", ERROR);
        }
        if (faults.happens(Fault.CALL_THROTTLED)) {
            return new AttemptOutcome.Throttled(
                    random.nextBoolean() ? null : Duration.ofMillis(random.nextLong(5_000)),
                    ERROR,
                    Headroom.UNTOLD);
        }
        if (faults.happens(Fault.CALL_BARRED)) {
            return new AttemptOutcome.Barred("the credential is not accepted", ERROR);
        }
        if (faults.happens(Fault.CALL_BREAKS)) {
            throw new SimulatedUpstream.BrokenAdapterException();
        }
        return null;
    }

    /** Whether the answer is lost, perhaps after a long wait. */
    private boolean isLost() throws InterruptedException {
        if (faults.happens(Fault.CALL_HANGS)) {
            baton.sleepInterruptibly(Duration.ofSeconds(90));
            return true;
        }
        return faults.happens(Fault.CALL_FAILS);
    }

    private AttemptOutcome lost() {
        return AttemptOutcome.Failed.unpaid("connection cut", null, ERROR);
    }

    @Override
    public Creation create(Body body, RelayTerms terms, String idempotencyKey)
            throws InterruptedException {
        var why = onTheWay("create");
        if (why != null) {
            return new Creation.NotNow(why);
        }
        var text = read(body);
        if (text == null || (isLost() && random.nextBoolean())) {
            // It never got there.
            return new Creation.Unconfirmed("connection cut");
        }
        if (faults.happens(Fault.CALL_REFUSED)) {
            return refusal(text);
        }
        try {
            var batch = provider.create(text, idempotencyKey);
            baton.note("provider has " + batch.id());
            life.point("created");
            if (isLost()) {
                return new Creation.Unconfirmed("connection cut");
            }
            return new Creation.Created(
                    provider.shows(Quirk.WRONG_IDS, 4)
                            ? named(batch, "pb_nobody_%016x".formatted(random.nextLong()))
                            : batch);
        } catch (Violation e) {
            baton.fail(e);
            throw e;
        }
    }

    private static Seen named(Seen batch, String id) {
        return new Seen(
                id, batch.createdAt(), batch.ended(), batch.requests(), batch.resultsGone());
    }

    private Creation refusal(String body) {
        var accounts = provider.accounts(body);
        var outcome =
                new AttemptOutcome.Refused(
                        provider.replies().error(accounts, "invalid_request_error"));
        Set<Integer> positions = new TreeSet<>();
        if (random.nextBoolean()) {
            positions.add(random.nextInt(accounts.size()));
        }
        return new Creation.Refused(outcome, positions);
    }

    private @Nullable String read(Body body) {
        try (var stream = body.open()) {
            var bytes = stream.readAllBytes();
            if (bytes.length != body.bytes()) {
                baton.fail(
                        new Violation(
                                "a relay is said to have %d bytes, and has %d"
                                        .formatted(body.bytes(), bytes.length)));
            }
            return new String(bytes, UTF_8);
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public Honours idempotency() throws InterruptedException {
        var why = onTheWay("honours");
        return why == null ? new Honours.Known(provider.honoursKeys()) : new Honours.Unseen(why);
    }

    @Override
    public Sighting find(String id) throws InterruptedException {
        var why = onTheWay("find");
        if (why == null && isLost()) {
            why = lost();
        }
        return why == null ? sighting(id) : new Sighting.Unseen(why);
    }

    private Sighting sighting(String id) {
        // Right after the create some places of a provider have not heard of it.
        boolean denied = !faults.isHealed() && random.nextInt(20) == 0;
        return provider.find(id)
                .filter(_ -> !denied)
                .map(batch ->
                        provider.shows(Quirk.ODD_LOOKS, 6) ? named(batch, "pb_of_another") : batch)
                .<Sighting>map(Sighting.There::new)
                .orElseGet(Sighting.Unknown::new);
    }

    @Override
    public Listing list(@Nullable String afterId) throws InterruptedException {
        var why = onTheWay("list");
        if (why != null) {
            return new Listing.Unseen(why);
        }
        if (isLost()) {
            return new Listing.Unseen(lost());
        }
        var all = provider.list();
        int from = 0;
        for (int at = 0; at < all.size(); at++) {
            if (all.get(at).id().equals(afterId)) {
                from = at + 1;
            }
        }
        int to = Math.min(all.size(), from + PAGE_BATCHES);
        var page = all.subList(from, to);
        boolean hasMore = to < all.size();
        if (provider.shows(Quirk.ODD_LISTS, 6)) {
            return oddPage(all.subList(0, Math.min(all.size(), PAGE_BATCHES)), page, hasMore);
        }
        return new Listing.Page(page, hasMore);
    }

    /** It may hold less than it should, and then shows it. */
    private Listing oddPage(List<Seen> first, List<Seen> page, boolean hasMore) {
        return switch (random.nextInt(4)) {
            case 0 -> new Listing.Page(first, true);
            case 1 -> new Listing.Page(List.of(), true);
            case 2 -> new Listing.Page(page, true);
            default ->
                    new Listing.Page(
                            page.isEmpty() ? page : page.subList(1, page.size()), hasMore, 1);
        };
    }

    @Override
    public Sighting cancel(String id) throws InterruptedException {
        var why = onTheWay("cancel");
        if (why != null) {
            return new Sighting.Unseen(why);
        }
        provider.cancel(id);
        life.point("canceled");
        return isLost() ? new Sighting.Unseen(lost()) : sighting(id);
    }

    @Override
    public Collection results(String id, Receiver receiver) throws InterruptedException {
        var why = onTheWay("results");
        if (why != null) {
            return new Collection.Unseen(why);
        }
        var results = provider.results(id);
        if (results.isEmpty()) {
            return new Collection.Unknown();
        }
        int count = 0;
        for (var result : results.get().entrySet()) {
            if (isLost()) {
                return random.nextInt(4) == 0
                        ? new Collection.Whole(count)
                        : new Collection.Broken("connection cut");
            }
            life.point("result");
            if (provider.shows(Quirk.UNREADABLE_RESULTS, 20)) {
                receiver.unreadable(result.getKey(), ERROR);
                continue;
            }
            for (var line : lines(result.getKey(), result.getValue())) {
                if (!receiver.take(line.getKey(), line.getValue())) {
                    return new Collection.Whole(count);
                }
                count++;
            }
        }
        return new Collection.Whole(count);
    }

    /** The line of a request, perhaps among others. */
    private List<Map.Entry<String, RelayedOutcome>> lines(String id, RelayedOutcome outcome) {
        var lines = new ArrayList<Map.Entry<String, RelayedOutcome>>();
        lines.add(Map.entry(id, outcome));
        boolean isAnswer = outcome instanceof RelayedOutcome.Tried(AttemptOutcome.Answered _);
        if (isAnswer && provider.shows(Quirk.DOUBLE_LINES, 3)) {
            lines.add(
                    random.nextInt(2),
                    Map.entry(
                            id,
                            random.nextBoolean()
                                    ? new RelayedOutcome.Expired()
                                    : new RelayedOutcome.Tried(lost())));
        }
        if (provider.shows(Quirk.DOUBLE_LINES, 20)) {
            lines.addFirst(Map.entry("of-somebody-else", new RelayedOutcome.Expired()));
        }
        return lines;
    }

    @Override
    public Sighting delete(String id) throws InterruptedException {
        var why = onTheWay("delete");
        if (why != null) {
            return new Sighting.Unseen(why);
        }
        provider.delete(id);
        life.point("deleted");
        return isLost() ? new Sighting.Unseen(lost()) : new Sighting.Unknown();
    }

    @Override
    public void close() {}
}

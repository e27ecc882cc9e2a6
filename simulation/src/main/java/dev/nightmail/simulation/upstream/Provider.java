package dev.nightmail.simulation.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.BatchUpstream.Seen;
import dev.nightmail.core.upstream.RelayedOutcome;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.simulation.client.Account;
import dev.nightmail.simulation.client.Book;
import dev.nightmail.simulation.fault.Fault;
import dev.nightmail.simulation.fault.Faults;
import dev.nightmail.simulation.turn.Baton;
import dev.nightmail.simulation.turn.Violation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Somebody else's Batches API, which lives on whatever becomes of our machine. It takes care that
 * no request is in two of its batches that may both be answered, since both would be paid.
 */
public final class Provider {

    private static final Pattern ENTRY =
            Pattern.compile("\\{\"custom_id\":\"([^\"]+)\",\"params\":(\\{[^}]*\\})\\}");

    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    private final Baton baton;
    private final Book book;
    private final Faults faults;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final boolean honoursKeys;
    private final Duration listLagMax;
    private final Set<Quirk> quirks;
    private final Replies replies;
    private final List<Made> made = new ArrayList<>();
    private final List<AttemptOutcome> unreadable = new ArrayList<>();
    private boolean dead;

    /** One of its batches. */
    private static final class Made {
        private final String id;
        private final @Nullable String key;
        private final Instant createdAt;
        private final long listedAtNanos;
        private final Map<String, Account> entries;
        private final Map<String, RelayedOutcome> outcomes = new LinkedHashMap<>();
        private long endsAtNanos;
        private boolean expires;
        private boolean canceled;
        private boolean deleted;

        Made(
                String id,
                @Nullable String key,
                Instant createdAt,
                long listedAtNanos,
                long endsAtNanos,
                Map<String, Account> entries) {
            this.id = id;
            this.key = key;
            this.createdAt = createdAt;
            this.listedAtNanos = listedAtNanos;
            this.endsAtNanos = endsAtNanos;
            this.entries = entries;
        }

        private boolean hasEnded() {
            return !outcomes.isEmpty();
        }
    }

    /** Whether it shows now, one time in so many. */
    boolean shows(Quirk quirk, int oneIn) {
        return quirks.contains(quirk) && !faults.isHealed() && random.nextInt(oneIn) == 0;
    }

    private Seen seen(Made batch) {
        int size = batch.entries.size();
        return new Seen(
                batch.id,
                shows(Quirk.ODD_LISTS, 6) ? null : batch.createdAt,
                batch.hasEnded(),
                shows(Quirk.COUNTS_LATE, 2) ? random.nextInt(size + 1) : size,
                batch.hasEnded() && shows(Quirk.ODD_LOOKS, 3));
    }

    /**
     * @param honoursKeys whether a create with a key it knows makes no second batch
     * @param listLagMax until a batch is found in the list
     */
    public Provider(
            String name,
            Baton baton,
            Book book,
            Faults faults,
            InstantSource clock,
            RandomGenerator random,
            boolean honoursKeys,
            Duration listLagMax,
            Set<Quirk> quirks) {
        this.baton = baton;
        this.book = book;
        this.faults = faults;
        this.clock = clock;
        this.random = random;
        this.honoursKeys = honoursKeys;
        this.listLagMax = listLagMax;
        this.quirks = Set.copyOf(quirks);
        this.replies = new Replies(name, ServiceTier.BATCH, random);
    }

    /** From now on nobody reaches it. */
    public void die() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }

    /** How many batches it has made. */
    public int made() {
        return made.size();
    }

    boolean honoursKeys() {
        return honoursKeys;
    }

    Replies replies() {
        return replies;
    }

    /** Who is in a body. */
    List<Account> accounts(String body) {
        return List.copyOf(entries(body).values());
    }

    Seen create(String body, String key) {
        var known = honoursKeys ? withKey(key) : Optional.<Made>empty();
        if (known.isPresent()) {
            return seen(known.get());
        }
        var entries = entries(body);
        entries.values().forEach(this::requireDue);
        var batch =
                new Made(
                        "pb_%d_%016x".formatted(made.size(), random.nextLong()),
                        key,
                        clock.instant(),
                        later(listLagMax),
                        later(Duration.ofSeconds(30).dividedBy(1L << random.nextInt(12))),
                        entries);
        if (!faults.isHealed() && random.nextInt(8) == 0) {
            batch.expires = true;
            batch.endsAtNanos = later(Duration.ofMinutes(10));
        }
        if (shows(Quirk.PERSON_CANCELS, 6)) {
            batch.canceled = true;
            batch.endsAtNanos = later(Duration.ofSeconds(20));
        }
        made.add(batch);
        return seen(batch);
    }

    private long later(Duration longest) {
        return baton.nanos() + random.nextLong(longest.toNanos() + 1);
    }

    private Optional<Made> withKey(String key) {
        return made.stream().filter(batch -> key.equals(batch.key)).findFirst();
    }

    private Map<String, Account> entries(String body) {
        var entries = new LinkedHashMap<String, Account>();
        var found = ENTRY.matcher(body);
        while (found.find()) {
            var params = found.group(2);
            var id = ID.matcher(params);
            if (!id.find()) {
                throw new Violation("a relay holds a request that nobody handed in");
            }
            var account = book.account(id.group(1));
            if (!new String(account.entry().params().array(), UTF_8).equals(params)) {
                throw new Violation(id.group(1) + " is relayed with other params");
            }
            if (entries.put(found.group(1), account) != null) {
                throw new Violation("a relay holds two requests called " + found.group(1));
            }
        }
        return entries;
    }

    private void requireDue(Account account) {
        var id = account.entry().id();
        if (Book.mayBeOfAnother(account.order())) {
            return;
        }
        if (account.isSettledForGood()) {
            throw new Violation(id + " is relayed, and its result was on stable storage before");
        }
        for (var other : made) {
            if (!other.entries.containsValue(account)) {
                continue;
            }
            end(other);
            if (!other.hasEnded()) {
                throw new Violation(id + " is relayed, and is in " + other.id + " as well");
            }
            if (isPaid(other, account)) {
                throw new Violation(id + " is relayed, and was answered in " + other.id);
            }
        }
    }

    private boolean isPaid(Made batch, Account account) {
        return batch.entries.entrySet().stream()
                .filter(entry -> entry.getValue() == account)
                .map(entry -> batch.outcomes.get(entry.getKey()))
                .anyMatch(this::isPaid);
    }

    private boolean isPaid(@Nullable RelayedOutcome outcome) {
        return outcome instanceof RelayedOutcome.Tried(var tried)
                && (tried instanceof AttemptOutcome.Answered || unreadable.contains(tried));
    }

    /** Whether somebody was paid for an answer to it. */
    public boolean hasAnswered(Account account) {
        return made.stream().anyMatch(batch -> isPaid(batch, account));
    }

    Optional<Seen> find(String id) {
        return batch(id)
                .map(batch -> {
                    end(batch);
                    return seen(batch);
                });
    }

    private Optional<Made> batch(String id) {
        return made.stream().filter(batch -> batch.id.equals(id) && !batch.deleted).findFirst();
    }

    /** Newest first. */
    List<Seen> list() {
        return made.reversed().stream()
                .filter(batch -> !batch.deleted && baton.nanos() >= batch.listedAtNanos)
                .peek(this::end)
                .map(this::seen)
                .toList();
    }

    void cancel(String id) {
        batch(id)
                .ifPresent(batch -> {
                    end(batch);
                    if (!batch.hasEnded() && !batch.canceled) {
                        batch.canceled = true;
                        batch.endsAtNanos =
                                Math.min(batch.endsAtNanos, later(Duration.ofSeconds(10)));
                    }
                });
    }

    void delete(String id) {
        batch(id).ifPresent(batch -> batch.deleted = true);
    }

    /** In an order of its own; the same each time. */
    Optional<Map<String, RelayedOutcome>> results(String id) {
        return batch(id)
                .map(batch -> {
                    end(batch);
                    return batch.outcomes;
                });
    }

    /** Decides what becomes of each request, once the time has come. */
    private void end(Made batch) {
        boolean isDue = baton.nanos() >= batch.endsAtNanos || faults.isHealed();
        if (batch.hasEnded() || !isDue) {
            return;
        }
        var order = new ArrayList<>(batch.entries.keySet());
        Collections.shuffle(order, Random.from(random));
        for (var customId : order) {
            var account = batch.entries.get(customId);
            if (account != null) {
                batch.outcomes.put(customId, outcome(batch, account));
            }
        }
        baton.note("provider ends " + batch.id);
    }

    private RelayedOutcome outcome(Made batch, Account account) {
        if (batch.canceled && random.nextInt(3) > 0) {
            return new RelayedOutcome.Canceled();
        }
        if (batch.expires && random.nextInt(3) > 0) {
            return new RelayedOutcome.Expired();
        }
        if (shows(Quirk.UNREADABLE_RESULTS, 20)) {
            // Paid, and of no shape that anybody knows: the adapter errors it with what came.
            var paid = new AttemptOutcome.Refused(replies.error(account, "api_error"));
            unreadable.add(paid);
            return new RelayedOutcome.Tried(paid);
        }
        if (faults.happens(Fault.CALL_REFUSED)) {
            return new RelayedOutcome.Tried(
                    new AttemptOutcome.Refused(replies.error(account, "invalid_request_error")));
        }
        if (faults.happens(Fault.CALL_FAILS)) {
            return new RelayedOutcome.Tried(
                    AttemptOutcome.Failed.unpaid(
                            "api_error", null, replies.error(account, "api_error")));
        }
        if (faults.happens(Fault.CALL_BARRED)) {
            return new RelayedOutcome.Tried(
                    new AttemptOutcome.Barred(
                            "the account is on hold", replies.error(account, "api_error")));
        }
        return new RelayedOutcome.Tried(replies.answer(account));
    }
}

package dev.nightmail.simulation.client;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.simulation.client.Account.Asking;
import dev.nightmail.simulation.turn.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What everybody outside of the server knows, all put together: no process of ours has that. */
public final class Book {

    private final Duration leaseTtl;
    private final int unsavedMax;
    private final boolean storageFails;
    private final Duration retention;
    private final Attempts attempts;
    private final List<Order> orders = new ArrayList<>();
    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private final Map<String, Conversation> conversations = new LinkedHashMap<>();
    private int life;

    /** The first life since the power was lost. */
    private int powerLostBefore;

    private long jumpedAtNanos = -1;
    private Instant latest = Instant.MIN;

    /**
     * @param leaseTtl after which a call nobody heard of may be made again
     * @param unsavedMax calls in flight and answers not yet stored, together, while storage works
     * @param attempts how often a request may be sent
     * @param storageFails whether it does now and then: each batch whose log fails keeps what it
     *     has beside that
     */
    public Book(
            Duration leaseTtl,
            int unsavedMax,
            boolean storageFails,
            Duration retention,
            Attempts attempts) {
        this.leaseTtl = leaseTtl;
        this.unsavedMax = unsavedMax;
        this.storageFails = storageFails;
        this.retention = retention;
        this.attempts = attempts;
    }

    /**
     * Calls of one request that may have cost something.
     *
     * @param max of them
     * @param outliveProcesses whether the next process knows of all that the last one made
     */
    public record Attempts(int max, boolean outliveProcesses) {}

    /** Whether each attempt at this request may have come to no end that anybody heard of. */
    public boolean mayBeLost(Account account) {
        return account.askings().size() + life >= attempts.max();
    }

    /** The machine has died, and with it what was written and not flushed. */
    public void powerLost() {
        powerLostBefore = life;
    }

    void add(Order order) {
        orders.add(order);
        for (var entry : order.entries()) {
            accounts.put(entry.id(), new Account(order, entry));
        }
    }

    /** Somebody is about to make an interactive call. */
    Conversation newConversation() {
        var conversation = new Conversation("chat-" + conversations.size());
        conversations.put(conversation.id(), conversation);
        return conversation;
    }

    public Conversation conversation(String id) {
        var conversation = conversations.get(id);
        if (conversation == null) {
            throw new Violation("nobody makes the call " + id);
        }
        return conversation;
    }

    public List<Order> orders() {
        return orders;
    }

    public Account account(String id) {
        var account = accounts.get(id);
        if (account == null) {
            throw new Violation("nobody handed in a request " + id);
        }
        return account;
    }

    /** The order that was handed in as this body. */
    public Optional<Order> order(String bodySha256) {
        return orders.stream()
                .filter(order -> order.isSubmitted() && order.bodySha256().equals(bodySha256))
                .findFirst();
    }

    // Clocks

    public void clockSet(long nanos) {
        jumpedAtNanos = nanos;
    }

    public boolean isClockEverSet() {
        return jumpedAtNanos >= 0;
    }

    /** The wall clock has said this. */
    public void clockSaid(Instant wall) {
        latest = wall.isAfter(latest) ? wall : latest;
    }

    /** The latest that the wall clock ever said. */
    public Instant latest() {
        return latest;
    }

    /** Whether the time has come, by some reading of the clock, at which its results go. */
    public boolean isArchivable(BatchHeader header) {
        return !latest.isBefore(header.createdAt().plus(retention));
    }

    // Calls

    /** A process makes a call. */
    public Asking sending(String id, Instant wall, long nanos) {
        var account = account(id);
        if (!mayBeOfAnother(account.order())) {
            requireDue(account, nanos);
        }
        var asking = new Asking(life, wall, nanos, nanos == jumpedAtNanos);
        account.askings().add(asking);
        return asking;
    }

    /**
     * Whether there may be another batch of this order: once its batch is deleted its key is free,
     * and another create with it may have been in doubt, or take long.
     */
    public static boolean mayBeOfAnother(Order order) {
        return order.isDeleteAsked() && order.idempotencyKey() != null;
    }

    private void requireDue(Account account, long nanos) {
        var id = account.entry().id();
        if (account.isSettledForGood()) {
            throw new Violation(id + " is sent, and its result was on stable storage before");
        }
        for (var before : account.askings()) {
            if (before.life() == life
                    && before.isDecided()
                    && before.lastedNanos() < leaseTtl.toNanos()) {
                throw new Violation(id + " is sent again, and was answered by this process before");
            }
            if (before.life() == life
                    && before.isUnderWay()
                    && nanos - before.beganNanos() < leaseTtl.toNanos()) {
                throw new Violation(id + " is sent while it is under way");
            }
        }
        requireAttemptsLeft(account);
        requireWanted(account, nanos);
    }

    /** What may have cost something is bounded, whatever the upstreams say and however we die. */
    private void requireAttemptsLeft(Account account) {
        int first = attempts.outliveProcesses() ? powerLostBefore : life;
        long made =
                account.askings().stream()
                        .filter(asking -> asking.life() >= first && asking.counts())
                        .count();
        if (made >= attempts.max()) {
            throw new Violation(
                    "%s is sent again, and was so %d times at somebody's cost, of %d"
                            .formatted(account.entry().id(), made, attempts.max()));
        }
    }

    private static void requireWanted(Account account, long nanos) {
        var order = account.order();
        var id = account.entry().id();
        var told = order.cancelToldNanos();
        if (told != null && nanos > told) {
            throw new Violation(id + " is sent, and its batch was canceled before");
        }
        if (order.isDeleteTold()) {
            throw new Violation(id + " is sent, and its batch was deleted before");
        }
    }

    /** Calls made so far. */
    public int calls() {
        return accounts.values().stream().mapToInt(account -> account.askings().size()).sum();
    }

    /** Requests that a crash now may have run twice. */
    private Set<String> mayBeRepeated(long nanos) {
        var ids = new TreeSet<String>();
        for (var account : accounts.values()) {
            for (var asking : account.askings()) {
                boolean counts =
                        asking.isUnderWay()
                                ? nanos - asking.beganNanos() < leaseTtl.toNanos()
                                : asking.isDecided() && !account.isSettledForGood();
                if (asking.life() == life && counts && !account.order().isDeleteAsked()) {
                    ids.add(account.entry().id());
                }
            }
        }
        return ids;
    }

    /**
     * A process has died.
     *
     * @param settled for each batch the requests whose results are on stable storage
     */
    public void died(Map<Order, Set<CustomId>> settled, long nanos) {
        settled.forEach((order, ids) -> {
            for (var entry : order.entries()) {
                if (ids.contains(entry.customId())) {
                    account(entry.id()).settledForGood();
                }
            }
        });
        var repeated = mayBeRepeated(nanos);
        int most = storageFails ? unsavedMax * (1 + orders.size()) : unsavedMax;
        if (repeated.size() > most) {
            throw new Violation(
                    "a crash can make %d calls run twice, and no more than %d may be: %s"
                            .formatted(repeated.size(), most, repeated));
        }
        life++;
    }
}

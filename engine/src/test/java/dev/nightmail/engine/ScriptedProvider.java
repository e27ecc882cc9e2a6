package dev.nightmail.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.RelayedOutcome;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A provider of batches that outlives the engine. Batches end when the test says so; creates go as
 * they are scripted, and else well.
 */
final class ScriptedProvider implements BatchUpstream {

    /** By a clock of its own. */
    private static final Instant CREATED_AT = Clocks.START;

    private static final Pattern CUSTOM_ID = Pattern.compile("\"custom_id\":\"([^\"]+)\"");

    /** How a create goes. */
    enum Fate {
        WELL,
        /** The batch is made, and the answer is lost. */
        ANSWER_LOST,
        /** It never got there, and nobody can tell. */
        LOST,
        NO_ROOM,
        BARRED,
        REFUSED,
        REFUSED_NAMING_THE_FIRST,
        REFUSED_NAMING_ONE_THAT_IS_NOT_THERE,
        /** The batch is made, and the answer names another one, which does not exist. */
        WRONG_ID
    }

    /** One of its batches. */
    static final class Made {
        final String id;
        final String body;
        final @Nullable String key;
        final List<String> customIds;
        boolean ended;
        boolean canceled;
        boolean deleted;
        boolean archived;
        boolean denied;
        @Nullable String seenAs;
        int counted = Integer.MAX_VALUE;

        Made(String id, String body, @Nullable String key) {
            this.id = id;
            this.body = body;
            this.key = key;
            this.customIds = CUSTOM_ID.matcher(body).results().map(it -> it.group(1)).toList();
        }
    }

    private final List<Made> batches = new ArrayList<>();
    private final Deque<Fate> fates = new ArrayDeque<>();
    private Function<String, RelayedOutcome> outcomes = ScriptedProvider::succeeded;
    private boolean honoursKeys;
    private int cuts;
    private int earlyEnds;
    private int downloads;
    private Predicate<String> lacking = _ -> false;
    private @Nullable Runnable whileListing;
    private boolean away;
    private boolean endless;
    private boolean unlisted;
    private int listCalls;
    private Function<String, List<RelayedOutcome>> before = _ -> List.of();

    static RelayedOutcome succeeded(String customId) {
        var message = "{\"id\":\"msg\",\"for\":\"%s\"}".formatted(customId);
        return new RelayedOutcome.Tried(
                new AttemptOutcome.Answered(
                        JsonBytes.of(message),
                        new Usage(10, 5, 0, 0, 0),
                        new Billing("claude", ServiceTier.BATCH, false),
                        Headroom.UNTOLD));
    }

    // What the test does

    synchronized void next(Fate... creates) {
        fates.addAll(List.of(creates));
    }

    synchronized void honoursKeys() {
        honoursKeys = true;
    }

    synchronized void outcomes(Function<String, RelayedOutcome> each) {
        outcomes = each;
    }

    /** So many downloads break off after the first result. */
    synchronized void cutDownloads(int downloads) {
        cuts = downloads;
    }

    /** So many downloads end after the first result, with as many lines as there should be. */
    synchronized void endDownloadsEarly(int times) {
        earlyEnds = times;
    }

    /** No download ever has the results of these. */
    synchronized void lacks(Predicate<String> customIds) {
        lacking = customIds;
    }

    /** The next list is that of before this is done, and shows nothing. */
    synchronized void whileListing(Runnable work) {
        whileListing = work;
    }

    synchronized int downloads() {
        return downloads;
    }

    synchronized void away(boolean isAway) {
        away = isAway;
    }

    /** The list has more, it says, and shows the same page again; or an empty one. */
    synchronized void listsWithoutEnd(boolean empty) {
        endless = true;
        unlisted = empty;
    }

    synchronized int listCalls() {
        return listCalls;
    }

    /** Lines that the results have for a request before the one that counts. */
    synchronized void linesBefore(Function<String, List<RelayedOutcome>> each) {
        before = each;
    }

    /** As somebody does it at the provider's console. */
    synchronized void cancelAll() {
        for (var batch : batches) {
            batch.canceled |= !batch.ended;
            batch.ended = true;
        }
    }

    synchronized void endAll() {
        batches.forEach(batch -> batch.ended = true);
    }

    synchronized List<Made> made() {
        return List.copyOf(batches);
    }

    synchronized boolean anyCanceled() {
        return batches.stream().anyMatch(batch -> batch.canceled);
    }

    /** How often each request was submitted, whatever became of it. */
    synchronized List<String> submitted() {
        return batches.stream()
                .flatMap(batch -> batch.customIds.stream())
                .map(id -> id.substring(0, id.lastIndexOf('-')))
                .toList();
    }

    // What the engine sees

    @Override
    public String name() {
        return "claude";
    }

    private static final AttemptOutcome AWAY =
            new AttemptOutcome.Unreachable("connection refused", JsonBytes.of("{}"));

    @Override
    public synchronized Creation create(Body body, RelayTerms terms, String idempotencyKey) {
        var text = read(body);
        var fate = fates.isEmpty() ? Fate.WELL : fates.removeFirst();
        var refused = new AttemptOutcome.Refused(JsonBytes.of("{\"type\":\"error\"}"));
        return switch (fate) {
            case WELL -> new Creation.Created(seen(make(text, idempotencyKey)));
            case ANSWER_LOST -> {
                make(text, idempotencyKey);
                yield new Creation.Unconfirmed("connection cut");
            }
            case WRONG_ID -> {
                make(text, idempotencyKey);
                yield new Creation.Created(new Seen("pb_nobody", CREATED_AT, false, 1, false));
            }
            case LOST -> new Creation.Unconfirmed("connection cut");
            case NO_ROOM ->
                    new Creation.NotNow(
                            new AttemptOutcome.Throttled(
                                    null, JsonBytes.of("{}"), Headroom.UNTOLD));
            case BARRED ->
                    new Creation.NotNow(
                            new AttemptOutcome.Barred("status 401", JsonBytes.of("{}")));
            case REFUSED -> new Creation.Refused(refused, Set.of());
            case REFUSED_NAMING_THE_FIRST -> new Creation.Refused(refused, Set.of(0));
            case REFUSED_NAMING_ONE_THAT_IS_NOT_THERE ->
                    new Creation.Refused(refused, Set.of(1_000));
        };
    }

    private static String read(Body body) {
        try (var stream = body.open()) {
            return new String(stream.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Made make(String body, String key) {
        if (honoursKeys) {
            for (var batch : batches) {
                if (key.equals(batch.key)) {
                    return batch;
                }
            }
        }
        var made = new Made("pb_" + batches.size(), body, key);
        batches.add(made);
        return made;
    }

    private static Seen seen(Made batch) {
        var seenAs = batch.seenAs;
        return new Seen(
                seenAs == null ? batch.id : seenAs,
                CREATED_AT,
                batch.ended,
                Math.min(batch.counted, batch.customIds.size()),
                batch.archived);
    }

    @Override
    public synchronized Honours idempotency() {
        return away ? new Honours.Unseen(AWAY) : new Honours.Known(honoursKeys);
    }

    @Override
    public synchronized Sighting find(String id) {
        if (away) {
            return new Sighting.Unseen(AWAY);
        }
        return batch(id)
                .filter(batch -> !batch.denied)
                .<Sighting>map(batch -> new Sighting.There(seen(batch)))
                .orElseGet(Sighting.Unknown::new);
    }

    private Optional<Made> batch(String id) {
        return batches.stream().filter(batch -> batch.id.equals(id) && !batch.deleted).findFirst();
    }

    @Override
    public synchronized Listing list(@Nullable String afterId) {
        var meanwhile = whileListing;
        if (meanwhile != null) {
            whileListing = null;
            meanwhile.run();
            return new Listing.Page(List.of(), false);
        }
        listCalls++;
        return away
                ? new Listing.Unseen(AWAY)
                : new Listing.Page(
                        unlisted
                                ? List.of()
                                : batches.reversed().stream().map(ScriptedProvider::seen).toList(),
                        endless);
    }

    @Override
    public synchronized Sighting cancel(String id) {
        batch(id)
                .ifPresent(batch -> {
                    batch.canceled = true;
                    batch.ended = true;
                });
        return find(id);
    }

    @Override
    public Collection results(String id, Receiver receiver) throws InterruptedException {
        List<String> customIds;
        boolean cut;
        boolean endsEarly;
        boolean canceled;
        Function<String, List<RelayedOutcome>> earlier;
        synchronized (this) {
            earlier = before;
            var batch = batch(id);
            if (away || batch.isEmpty()) {
                return away ? new Collection.Unseen(AWAY) : new Collection.Unknown();
            }
            var lacked = lacking;
            customIds = batch.get().customIds.stream().filter(it -> !lacked.test(it)).toList();
            canceled = batch.get().canceled;
            cut = cuts-- > 0;
            endsEarly = earlyEnds-- > 0;
            downloads++;
        }
        int count = 0;
        for (var customId : customIds) {
            for (var line : earlier.apply(customId)) {
                receiver.take(customId, line);
            }
            var outcome = canceled ? new RelayedOutcome.Canceled() : outcomes.apply(customId);
            if (!receiver.take(customId, outcome)) {
                return new Collection.Whole(count);
            }
            count++;
            if (cut) {
                return new Collection.Broken("connection cut");
            }
            if (endsEarly) {
                return new Collection.Whole(customIds.size());
            }
        }
        return new Collection.Whole(count);
    }

    @Override
    public synchronized Sighting delete(String id) {
        batch(id).ifPresent(batch -> batch.deleted = true);
        return new Sighting.Unknown();
    }

    @Override
    public void close() {}
}

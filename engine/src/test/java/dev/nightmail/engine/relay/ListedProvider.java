package dev.nightmail.engine.relay;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.RelayedOutcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A provider of which only the list and the results matter; each goes as the test says. */
final class ListedProvider implements BatchUpstream {

    private Function<@Nullable String, Listing> pages = _ -> new Listing.Page(List.of(), false);
    private final Map<String, Deque<Results>> results = new HashMap<>();
    int listCalls;
    int downloads;

    /** What a download holds, and how it ends. */
    record Results(List<String> customIds, @Nullable Collection end) {}

    /** The same page, whoever asks. */
    void lists(Seen... batches) {
        pages = _ -> new Listing.Page(List.of(batches), false);
    }

    void pages(Function<@Nullable String, Listing> byCursor) {
        pages = byCursor;
    }

    /** One download after the other; the last is repeated. */
    void has(String id, List<String> customIds) {
        downloads(id).add(new Results(customIds, null));
    }

    void ends(String id, List<String> customIds, Collection how) {
        downloads(id).add(new Results(customIds, how));
    }

    private Deque<Results> downloads(String id) {
        return results.computeIfAbsent(id, _ -> new ArrayDeque<>());
    }

    static AttemptOutcome failed() {
        return AttemptOutcome.Failed.unpaid("status 500", null, JsonBytes.of("{}"));
    }

    @Override
    public String name() {
        return "claude";
    }

    @Override
    public Listing list(@Nullable String afterId) {
        listCalls++;
        return pages.apply(afterId);
    }

    @Override
    public Collection results(String id, Receiver receiver) throws InterruptedException {
        downloads++;
        var left = downloads(id);
        if (left.isEmpty()) {
            return new Collection.Unknown();
        }
        var now = left.size() > 1 ? left.removeFirst() : left.getFirst();
        int count = 0;
        for (var customId : now.customIds()) {
            count++;
            if (!receiver.take(customId, new RelayedOutcome.Expired())) {
                return new Collection.Whole(count);
            }
        }
        var end = now.end();
        return end == null ? new Collection.Whole(count) : end;
    }

    @Override
    public Creation create(Body body, RelayTerms terms, String idempotencyKey) {
        throw new AssertionError("nothing is made while it is looked for");
    }

    @Override
    public Honours idempotency() {
        return new Honours.Known(false);
    }

    @Override
    public Sighting find(String id) {
        return new Sighting.Unknown();
    }

    @Override
    public Sighting cancel(String id) {
        throw new AssertionError("nothing is canceled while it is looked for");
    }

    @Override
    public Sighting delete(String id) {
        throw new AssertionError("nothing is deleted while it is looked for");
    }

    @Override
    public void close() {}
}

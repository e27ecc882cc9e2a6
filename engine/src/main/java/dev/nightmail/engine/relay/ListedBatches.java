package dev.nightmail.engine.relay;

import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.BatchUpstream.Listing;
import dev.nightmail.core.upstream.BatchUpstream.Seen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a provider's list of batches, as far back as is asked for. Only a list that came to
 * its end, page by page, proves what is not on it.
 */
final class ListedBatches {

    /** 10,000 batches at 100 a page: nobody makes so many in a day. */
    private static final int PAGES_MAX = 100;

    private final List<Seen> batches = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private boolean inOrder = true;
    private @Nullable Instant oldest;

    private ListedBatches() {}

    /** What the list says. */
    sealed interface Read {
        /**
         * @param gap why there may be batches that were not listed; null if there are none
         */
        record Listed(List<Seen> batches, @Nullable String gap) implements Read {
            public Listed {
                batches = List.copyOf(batches);
            }
        }

        /** The provider could not be asked. */
        record Unseen(AttemptOutcome why) implements Read {}
    }

    /**
     * @param since batches made before need not be listed
     */
    static Read read(BatchUpstream upstream, Instant since) throws InterruptedException {
        return new ListedBatches().pages(upstream, since);
    }

    private Read pages(BatchUpstream upstream, Instant since) throws InterruptedException {
        String after = null;
        int unreadable = 0;
        for (int number = 0; number < PAGES_MAX; number++) {
            switch (upstream.list(after)) {
                case Listing.Unseen(var why) -> {
                    return new Read.Unseen(why);
                }
                case Listing.Page page -> {
                    boolean moved = take(page.batches());
                    unreadable += page.unreadable();
                    var last = oldest;
                    boolean farEnough = inOrder && last != null && last.isBefore(since);
                    if (!page.hasMore() || farEnough) {
                        return listed(unreadable == 0 ? null : "entries of the list name no batch");
                    }
                    if (page.batches().isEmpty()) {
                        return listed("an empty page of the list is said to have more behind it");
                    }
                    if (!moved) {
                        return listed("the list repeats itself");
                    }
                    after = page.batches().getLast().id();
                }
            }
        }
        return listed("the list does not end");
    }

    private Read listed(@Nullable String gap) {
        return new Read.Listed(batches, gap);
    }

    /** Adds those that are new. @return whether there were any */
    private boolean take(List<Seen> page) {
        boolean moved = false;
        for (var batch : page) {
            if (!ids.add(batch.id())) {
                continue;
            }
            moved = true;
            batches.add(batch);
            var createdAt = batch.createdAt();
            if (createdAt != null) {
                // A list that is not newest first may have what is wanted anywhere.
                inOrder &= oldest == null || !createdAt.isAfter(oldest);
                oldest = createdAt;
            }
        }
        return moved;
    }
}

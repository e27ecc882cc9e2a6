package dev.nightmail.core.upstream;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.relay.RelayTerms;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A provider that takes batches and answers in hours. Safe for many threads. Every method blocks
 * the calling (virtual) thread; an interrupt ends it. None throws for what the service or the
 * network does: that is an outcome.
 */
public interface BatchUpstream extends AutoCloseable {

    /** As {@link Upstream#name}. */
    String name();

    /**
     * Makes a batch.
     *
     * @param idempotencyKey for a provider that honours one: creates with the same key and body
     *     make one batch
     */
    Creation create(Body body, RelayTerms terms, String idempotencyKey) throws InterruptedException;

    /**
     * Whether a create may be repeated with its key without making a second batch. The provider is
     * asked if it has not said so yet.
     */
    Honours idempotency() throws InterruptedException;

    /** Looks at a batch. */
    Sighting find(String id) throws InterruptedException;

    /**
     * A page of the batches there are, newest first.
     *
     * @param afterId the last of the page before; null for the first page
     */
    Listing list(@Nullable String afterId) throws InterruptedException;

    /** Asks for a batch to be canceled. One that has ended stays as it is. */
    Sighting cancel(String id) throws InterruptedException;

    /** Hands over the results of a batch that has ended, one after the other, as they come. */
    Collection results(String id, Receiver receiver) throws InterruptedException;

    /** Deletes the provider's copy of a batch that has ended. @return what stood in the way */
    Sighting delete(String id) throws InterruptedException;

    @Override
    void close();

    /** {@code {"requests":[…]}}; the same bytes each time it is opened. */
    interface Body {
        long bytes();

        InputStream open() throws IOException;
    }

    /**
     * A batch, as the provider describes it.
     *
     * @param createdAt null where the provider does not say it in a way that can be read
     * @param requests in it, whatever became of them, as the provider counts them: fewer than there
     *     are while it has not counted all
     * @param resultsGone whether the provider says that it does not have its results any more
     */
    record Seen(
            String id,
            @Nullable Instant createdAt,
            boolean ended,
            int requests,
            boolean resultsGone) {}

    /** How a create went. */
    sealed interface Creation {
        record Created(Seen batch) implements Creation {}

        /**
         * The provider takes no such batch. None was made.
         *
         * @param outcome that of each of its requests
         * @param positions of those requests that are at fault, as far as the provider named any
         */
        record Refused(AttemptOutcome.Refused outcome, Set<Integer> positions) implements Creation {
            public Refused {
                positions = Set.copyOf(positions);
            }
        }

        /** None was made, and it is not the batch's fault. */
        record NotNow(AttemptOutcome why) implements Creation {}

        /**
         * It may have been made or not.
         *
         * @param step at which the exchange failed, for the log
         */
        record Unconfirmed(String step) implements Creation {}
    }

    /** What is seen of a batch. */
    sealed interface Sighting {
        record There(Seen batch) implements Sighting {}

        /** The provider knows no such batch. */
        record Unknown() implements Sighting {}

        /** The provider could not be asked. */
        record Unseen(AttemptOutcome why) implements Sighting {}
    }

    /** A page of batches. */
    sealed interface Listing {
        /**
         * @param unreadable entries that name no batch, so that nobody can look at it
         */
        record Page(List<Seen> batches, boolean hasMore, int unreadable) implements Listing {
            public Page {
                batches = List.copyOf(batches);
            }

            /** A page all of whose entries can be read. */
            public Page(List<Seen> batches, boolean hasMore) {
                this(batches, hasMore, 0);
            }
        }

        /** The provider could not be asked. */
        record Unseen(AttemptOutcome why) implements Listing {}
    }

    /** How the handing over of results went. */
    sealed interface Collection {
        /** To the end. */
        record Whole(int results) implements Collection {}

        /** It broke off in between; what came before was handed over. */
        record Broken(String step) implements Collection {}

        /** The provider does not have them (any more). */
        record Unknown() implements Collection {}

        /** The provider could not be asked. */
        record Unseen(AttemptOutcome why) implements Collection {}
    }

    /** Whether the provider honours idempotency keys. */
    sealed interface Honours {
        record Known(boolean honoured) implements Honours {}

        /** The provider could not be asked. */
        record Unseen(AttemptOutcome why) implements Honours {}
    }

    /** Takes results. While it blocks, nothing more is read. */
    interface Receiver {
        /**
         * @return whether more is wanted; if not, the rest is not read, and the collection is whole
         */
        boolean take(String customId, RelayedOutcome outcome) throws InterruptedException;

        /**
         * A line came that is no result: cut off, perhaps, and whole the next time.
         *
         * @param customId whose it seems to be
         * @param error a whole error response that holds the line, should it stay so
         */
        default void unreadable(String customId, JsonBytes error) {}
    }
}

package dev.nightmail.pipeline.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of a workspace's batches, newest first.
 *
 * @param next cursor for the page after this one, null on the last
 * @param hasGap whether there may be batches that are on no page: an entry names none, or more are
 *     said to be there and do not come. What is not on such a list may exist all the same
 */
public record BatchPage(List<BatchSnapshot> batches, @Nullable String next, boolean hasGap) {
    public BatchPage {
        batches = List.copyOf(batches);
    }
}

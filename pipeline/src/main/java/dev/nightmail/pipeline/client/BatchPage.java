package dev.nightmail.pipeline.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of a workspace's batches, newest first.
 *
 * @param next cursor for the page after this one, null on the last
 */
public record BatchPage(List<BatchSnapshot> batches, @Nullable String next) {
    public BatchPage {
        batches = List.copyOf(batches);
    }
}

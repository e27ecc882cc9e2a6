package dev.nightmail.pipeline.run;

import org.jspecify.annotations.Nullable;

/**
 * How this run differs from a plain one.
 *
 * @param limit only the first so many records of the source; null: all
 * @param overwrite whether files in the way of the outputs may be replaced though this pipeline did
 *     not write them
 * @param noWait whether the run ends once what is due is submitted; what was collected by then is
 *     written
 * @param confirmation asked once, before anything that costs is sent
 */
public record RunOptions(
        @Nullable Integer limit, boolean overwrite, boolean noWait, Confirmation confirmation) {

    public RunOptions {
        if (limit != null && limit < 1) {
            throw new IllegalArgumentException("a limit is at least 1, not " + limit);
        }
    }

    /** Waits for every answer. */
    public RunOptions(@Nullable Integer limit, boolean overwrite, Confirmation confirmation) {
        this(limit, overwrite, false, confirmation);
    }

    /** The same; files in the way stay. */
    public RunOptions(@Nullable Integer limit, Confirmation confirmation) {
        this(limit, false, false, confirmation);
    }

    /** Says whether to spend what the preview foretells. */
    @FunctionalInterface
    public interface Confirmation {
        boolean confirm(Preview preview);

        /**
         * Says whether to pay again for a batch that is not to be found with this key: either it
         * was deleted, or it belongs to another workspace, whose key this is not.
         */
        default boolean confirmResending(String batchId, int requests) {
            return false;
        }
    }

    /** All records, without asking. */
    public static RunOptions all() {
        return new RunOptions(null, _ -> true);
    }
}

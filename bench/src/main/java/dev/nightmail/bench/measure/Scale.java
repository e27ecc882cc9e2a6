package dev.nightmail.bench.measure;

/**
 * How much is measured.
 *
 * @param requests of a batch
 * @param rounds in which ours and the limit are measured in turn
 */
public record Scale(int requests, int rounds, int batchesBeforeRestart) {

    /** The published limits: 100,000 requests, just under 256 MB. */
    public static final Scale FULL = new Scale(100_000, 5, 10);

    /** Enough to notice what is broken, quick enough for every commit. */
    public static final Scale SMOKE = new Scale(10_000, 3, 10);
}

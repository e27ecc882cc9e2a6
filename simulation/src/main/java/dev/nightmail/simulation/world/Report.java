package dev.nightmail.simulation.world;

/**
 * How a run went.
 *
 * @param crashStates deaths of processes, after each of which another took over
 * @param calls made of upstreams
 * @param results in all batches at the end
 * @param steps taken, of all strands
 * @param traceDigest of all steps
 * @param diskDigest of every byte on the disk and every row at the end
 */
public record Report(
        long seed,
        int crashStates,
        int calls,
        int results,
        long steps,
        long traceDigest,
        long diskDigest) {}

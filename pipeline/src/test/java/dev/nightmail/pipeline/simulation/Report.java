package dev.nightmail.pipeline.simulation;

/**
 * How a seed went.
 *
 * @param crashStates deaths of processes, after each of which another took over
 * @param requests that the endpoint accepted
 * @param steps in all
 * @param digest of all steps, and of the table at the end
 */
public record Report(long seed, int crashStates, int requests, long steps, long digest) {}

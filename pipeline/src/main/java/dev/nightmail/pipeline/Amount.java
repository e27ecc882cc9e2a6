package dev.nightmail.pipeline;

/**
 * An amount that is not known yet.
 *
 * @param low at least so much
 * @param likely so much
 * @param high at most so much
 */
public record Amount(long low, long likely, long high) {}

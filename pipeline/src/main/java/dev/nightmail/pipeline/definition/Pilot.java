package dev.nightmail.pipeline.definition;

/**
 * The first requests of a prompt, which are sent alone to see whether it works.
 *
 * @param records how many
 * @param stopAbove how many of them may fail before the run stops
 */
public record Pilot(int records, BadRecords stopAbove) {}

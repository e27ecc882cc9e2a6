package dev.nightmail.pipeline.state;

/** One reading of the source: which records there are now. */
public record Plan(int number) {}

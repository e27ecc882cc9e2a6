package dev.nightmail.core.lease;

/** Who holds a lease: one process that runs requests. */
public record WorkerId(String value) {}

package dev.nightmail.cli.command;

/** Tells a failure on standard error, one line for each thing to mend, and gives the exit code. */
public final class Failures {}

package dev.nightmail.bench.process;

import java.net.URI;
import java.time.Duration;

/**
 * A server under test.
 *
 * @param readyAfter from its start to its ready line
 */
public record Server(Child process, URI url, Duration readyAfter) {}

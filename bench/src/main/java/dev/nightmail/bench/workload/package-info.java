/** Requests that can be told apart, and the check that each came back with its own answer. */
@NullMarked
package dev.nightmail.bench.workload;

import org.jspecify.annotations.NullMarked;

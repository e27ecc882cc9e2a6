/**
 * Load benchmarks: what the server does, beside what the machine could do at best, measured in the
 * same run.
 */
@NullMarked
package dev.nightmail.bench;

import org.jspecify.annotations.NullMarked;

/** What a small batch costs its owner behind the large one of somebody else. */
@NullMarked
package dev.nightmail.bench.fairness;

import org.jspecify.annotations.NullMarked;

/** Tests of both ways to make results durable. */
@NullMarked
package dev.nightmail.bench.settle;

import org.jspecify.annotations.NullMarked;

/** How fast results are made durable, and how fast a disk is at best. */
@NullMarked
package dev.nightmail.bench.settle;

import org.jspecify.annotations.NullMarked;

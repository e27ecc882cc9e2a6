/** What was measured, against what, and how it is told. */
@NullMarked
package dev.nightmail.bench.measure;

import org.jspecify.annotations.NullMarked;

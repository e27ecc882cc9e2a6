/** How fast results are downloaded. */
@NullMarked
package dev.nightmail.bench.results;

import org.jspecify.annotations.NullMarked;

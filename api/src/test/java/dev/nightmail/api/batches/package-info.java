@NullMarked
package dev.nightmail.api.batches;

import org.jspecify.annotations.NullMarked;

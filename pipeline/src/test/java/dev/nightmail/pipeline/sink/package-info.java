@NullMarked
package dev.nightmail.pipeline.sink;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.nightmail.pipeline.state;

import org.jspecify.annotations.NullMarked;

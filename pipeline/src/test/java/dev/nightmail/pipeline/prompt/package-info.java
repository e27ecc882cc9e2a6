@NullMarked
package dev.nightmail.pipeline.prompt;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.nightmail.pipeline.answer;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.nightmail.pipeline.stdio;

import org.jspecify.annotations.NullMarked;

/** Records from standard input and answers on standard output: a pipeline as a filter. */
@NullMarked
package dev.nightmail.pipeline.stdio;

import org.jspecify.annotations.NullMarked;

/** Bytes to and from a server at as little cost of our own as a program can have. */
@NullMarked
package dev.nightmail.bench.http;

import org.jspecify.annotations.NullMarked;

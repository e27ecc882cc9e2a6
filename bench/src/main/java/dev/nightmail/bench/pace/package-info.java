/** How much of a limit that an upstream tells of is used, in real time and over real sockets. */
@NullMarked
package dev.nightmail.bench.pace;

import org.jspecify.annotations.NullMarked;

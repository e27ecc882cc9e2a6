/** The command that shows how a server's upstreams stand. */
@NullMarked
package dev.nightmail.cli.upstreams;

import org.jspecify.annotations.NullMarked;

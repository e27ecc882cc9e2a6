/** What the server and the client of upstreams both need of Jetty. */
@NullMarked
package dev.nightmail.jetty;

import org.jspecify.annotations.NullMarked;

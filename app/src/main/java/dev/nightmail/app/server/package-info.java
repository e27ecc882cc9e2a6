/**
 * The server as one thing that is started and stopped: data folder, engine, upstreams and HTTP
 * surface.
 */
@NullMarked
package dev.nightmail.app.server;

import org.jspecify.annotations.NullMarked;

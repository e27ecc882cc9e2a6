/**
 * The scheduler and a service it calls, both as they are, in virtual time: how well an upstream is
 * used, whatever the machine does meanwhile. The same seed gives the same night.
 */
@NullMarked
package dev.nightmail.bench.night;

import org.jspecify.annotations.NullMarked;

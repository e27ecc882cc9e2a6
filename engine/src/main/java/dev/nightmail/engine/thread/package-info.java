/** How the engine does several things at once, and how they wait for each other. */
@NullMarked
package dev.nightmail.engine.thread;

import org.jspecify.annotations.NullMarked;

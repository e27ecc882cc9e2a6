/** What the engine offers to those who speak for clients: batches, and interactive messages. */
@NullMarked
package dev.nightmail.engine.desk;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.nightmail.engine.relay;

import org.jspecify.annotations.NullMarked;

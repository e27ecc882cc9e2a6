@NullMarked
package dev.nightmail.core.relay;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.nightmail.journal.relay;

import org.jspecify.annotations.NullMarked;

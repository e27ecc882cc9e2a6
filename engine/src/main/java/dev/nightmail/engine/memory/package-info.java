/** The budgets of memory as they are while threads wait for them. */
@NullMarked
package dev.nightmail.engine.memory;

import org.jspecify.annotations.NullMarked;

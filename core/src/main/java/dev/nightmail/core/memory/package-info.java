/** Memory that calls share: what they hold of bodies and answers is counted against one budget. */
@NullMarked
package dev.nightmail.core.memory;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.nightmail.core.usage;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.nightmail.core.lease;

import org.jspecify.annotations.NullMarked;

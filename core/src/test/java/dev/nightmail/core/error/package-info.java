@NullMarked
package dev.nightmail.core.error;

import org.jspecify.annotations.NullMarked;

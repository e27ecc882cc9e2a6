@NullMarked
package dev.nightmail.core.key;

import org.jspecify.annotations.NullMarked;

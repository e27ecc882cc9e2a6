@NullMarked
package dev.nightmail.core.schedule;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.nightmail.core.batch;

import org.jspecify.annotations.NullMarked;

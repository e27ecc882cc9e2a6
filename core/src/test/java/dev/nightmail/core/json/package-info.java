@NullMarked
package dev.nightmail.core.json;

import org.jspecify.annotations.NullMarked;

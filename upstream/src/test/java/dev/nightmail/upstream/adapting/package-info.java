@NullMarked
package dev.nightmail.upstream.adapting;

import org.jspecify.annotations.NullMarked;

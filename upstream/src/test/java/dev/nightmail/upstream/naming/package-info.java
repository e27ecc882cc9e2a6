@NullMarked
package dev.nightmail.upstream.naming;

import org.jspecify.annotations.NullMarked;

/** Models that are called otherwise at an upstream than by clients. */
@NullMarked
package dev.nightmail.upstream.naming;

import org.jspecify.annotations.NullMarked;

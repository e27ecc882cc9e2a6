/** What a route or a setting changes in a call before it goes to an upstream. */
@NullMarked
package dev.nightmail.upstream.adapting;

import org.jspecify.annotations.NullMarked;

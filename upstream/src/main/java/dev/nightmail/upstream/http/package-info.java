/** HTTP as the adapters need it: behind an interface of our own, so that the client can change. */
@NullMarked
package dev.nightmail.upstream.http;

import org.jspecify.annotations.NullMarked;

/** The port to a service that answers requests. */
@NullMarked
package dev.nightmail.core.upstream;

import org.jspecify.annotations.NullMarked;

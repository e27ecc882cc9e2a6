/** Who is calling, and what they may do. */
@NullMarked
package dev.nightmail.api.auth;

import org.jspecify.annotations.NullMarked;

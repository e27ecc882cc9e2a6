/** What the tests of all adapters share. */
@NullMarked
package dev.nightmail.upstream;

import org.jspecify.annotations.NullMarked;

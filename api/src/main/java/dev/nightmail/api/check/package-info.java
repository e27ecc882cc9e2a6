/** What no request of a batch may ask, looked at when its turn has come. */
@NullMarked
package dev.nightmail.api.check;

import org.jspecify.annotations.NullMarked;

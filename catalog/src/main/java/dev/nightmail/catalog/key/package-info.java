/** The table of API keys. */
@NullMarked
package dev.nightmail.catalog.key;

import org.jspecify.annotations.NullMarked;

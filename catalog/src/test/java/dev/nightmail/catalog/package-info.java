/** What every form of the catalog promises, tried on SQLite. */
@NullMarked
package dev.nightmail.catalog;

import org.jspecify.annotations.NullMarked;

/** What the tables have in common, whatever they hold: how they fail. */
@NullMarked
package dev.nightmail.core.catalog;

import org.jspecify.annotations.NullMarked;

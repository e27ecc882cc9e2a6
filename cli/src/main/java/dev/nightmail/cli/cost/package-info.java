/** What bulk work would cost, from nothing but its size. */
@NullMarked
package dev.nightmail.cli.cost;

import org.jspecify.annotations.NullMarked;

/** The request log: the client's own bytes, and an index that finds each of them. */
@NullMarked
package dev.nightmail.journal.request;

import org.jspecify.annotations.NullMarked;

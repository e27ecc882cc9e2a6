/** One HTTP exchange as an endpoint sees it: headers, query, body, answer. */
@NullMarked
package dev.nightmail.api.exchange;

import org.jspecify.annotations.NullMarked;

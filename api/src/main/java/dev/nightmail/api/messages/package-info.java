/** The interactive endpoints: messages, token counts, models. */
@NullMarked
package dev.nightmail.api.messages;

import org.jspecify.annotations.NullMarked;

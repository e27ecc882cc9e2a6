/** What was used, and on what terms it is billed. */
@NullMarked
package dev.nightmail.core.usage;

import org.jspecify.annotations.NullMarked;

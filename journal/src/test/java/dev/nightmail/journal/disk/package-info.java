@NullMarked
package dev.nightmail.journal.disk;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.nightmail.app.command;

import org.jspecify.annotations.NullMarked;

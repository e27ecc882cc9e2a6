/**
 * The program as the operating system sees it: forked, killed, told to stop, started again on what
 * it left behind.
 */
@NullMarked
package dev.nightmail.app.process;

import org.jspecify.annotations.NullMarked;

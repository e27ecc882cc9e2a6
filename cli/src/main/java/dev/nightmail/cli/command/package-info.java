/** What every command shares: options, exit codes, endpoints by name, and how failures are told. */
@NullMarked
package dev.nightmail.cli.command;

import org.jspecify.annotations.NullMarked;

package dev.nightmail.cli.command;

import org.jspecify.annotations.Nullable;

/** A command cannot do what it was asked; the message is one line that says what to do. */
public final class CommandException extends RuntimeException {

    private final int exitCode;

    private CommandException(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** What was asked makes no sense here; nothing was begun. */
    public static CommandException usage(String message) {
        return new CommandException(ExitCode.WRONG_USAGE, message, null);
    }

    /** It was tried, and did not work out. */
    public static CommandException failed(String message) {
        return new CommandException(ExitCode.FAILED, message, null);
    }

    /** As above, for a reason. */
    public static CommandException failed(String message, Throwable cause) {
        return new CommandException(ExitCode.FAILED, message, cause);
    }

    /** The user stopped it; the message says what became of the work. */
    public static CommandException interrupted(String message) {
        return new CommandException(ExitCode.INTERRUPTED, message, null);
    }

    /** Nobody reads what it writes. */
    public static CommandException readerGone(String message) {
        return new CommandException(ExitCode.READER_GONE, message, null);
    }

    public int exitCode() {
        return exitCode;
    }
}

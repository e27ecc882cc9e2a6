package dev.nightmail.cli.command;

/** What a command's end means to the shell. Part of the command line's contract. */
public final class ExitCode {

    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int WRONG_USAGE = 2;

    /** The command went through, but some records or requests have no answer. */
    public static final int SOME_WITHOUT_ANSWER = 3;

    /** Too much of the pilot failed, so that the rest was not sent. */
    public static final int STOPPED_BY_PILOT = 4;

    /** With --detailed-exit: everything was done before. */
    public static final int NOTHING_TO_DO = 10;

    /** With --detailed-exit: another run of the same pipeline does it. */
    public static final int RUN_UNDER_WAY = 11;

    /** With --detailed-exit: batches are out, to be collected later. */
    public static final int BATCHES_OUT = 12;

    /** 128 and the number of SIGINT, as shells have it. */
    public static final int INTERRUPTED = 130;

    /** 128 and the number of SIGPIPE: whoever read standard output has gone. */
    public static final int READER_GONE = 141;

    private ExitCode() {}
}

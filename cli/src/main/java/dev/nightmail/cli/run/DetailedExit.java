package dev.nightmail.cli.run;

import dev.nightmail.cli.command.ExitCode;
import picocli.CommandLine.Option;

/** Lets a script tell one success from another. */
final class DetailedExit {

    @Option(
            names = "--detailed-exit",
            description = {
                "Tell successes apart: 10 nothing to do,",
                "11 another run is under way, 12 batches are out."
            })
    private boolean detailed;

    /** A success of its own kind, or a plain one. */
    int of(int code) {
        return detailed ? code : ExitCode.DONE;
    }
}

package dev.nightmail.cli.batches;

import picocli.CommandLine.Parameters;

/** Which batch. */
final class BatchId {

    @Parameters(paramLabel = "ID", description = "The batch's id: msgbatch_…")
    @SuppressWarnings("NullAway.Init") // picocli sets it, or refuses the command line.
    private String value;

    String value() {
        return value;
    }
}

package dev.nightmail.cli.run;

import picocli.CommandLine.Option;

/** Whether files of others may be replaced. */
final class OverwriteOption {

    @Option(
            names = "--overwrite",
            description = {
                "Replace files in the way of the results that this",
                "pipeline did not write, or that were changed since."
            })
    private boolean overwrite;

    boolean isGiven() {
        return overwrite;
    }
}

package dev.nightmail.pipeline.run;

/**
 * How this run differs from a plain one.
 *
 * @param overwrite whether files in the way of the outputs may be replaced though this pipeline did
 *     not write them
 * @param noWait whether the run ends once what is due is submitted; what was collected by then is
 *     written
 * @param withPilot whether the pilot that the pipeline asks for is made
 * @param confirmation asked before anything that costs is sent, and after a pilot that failed
 */
public record RunOptions(
        boolean overwrite, boolean noWait, boolean withPilot, Confirmation confirmation) {

    /** With the pilot, if the pipeline asks for one. */
    public RunOptions(boolean overwrite, boolean noWait, Confirmation confirmation) {
        this(overwrite, noWait, true, confirmation);
    }

    /** Waits for every answer; files in the way stay. */
    public RunOptions(Confirmation confirmation) {
        this(false, false, confirmation);
    }

    /** Says whether to spend what the preview foretells. */
    @FunctionalInterface
    public interface Confirmation {
        boolean confirm(Preview preview);

        /**
         * Whether it would say yes to anything, so that sending may begin while the source is still
         * read.
         */
        default boolean isGiven() {
            return false;
        }

        /** Says whether to send the rest though the pilot failed, of which it was just told. */
        default boolean confirmAfter(PilotResult pilot) {
            return false;
        }

        /**
         * Says whether to pay again for a batch that is not to be found with this key: either it
         * was deleted, or it belongs to another workspace, whose key this is not.
         */
        default boolean confirmResending(String batchId, int requests) {
            return false;
        }
    }

    /** Waits for every answer without asking; files in the way stay. */
    public static RunOptions withoutAsking() {
        return new RunOptions(GIVEN);
    }

    private static final Confirmation GIVEN =
            new Confirmation() {
                @Override
                public boolean confirm(Preview preview) {
                    return true;
                }

                @Override
                public boolean isGiven() {
                    return true;
                }
            };
}

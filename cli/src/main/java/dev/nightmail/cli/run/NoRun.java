package dev.nightmail.cli.run;

import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.text.Figures;
import tools.jackson.databind.json.JsonMapper;

/** Ends of a command that had nothing to do, each a success with a line that says why. */
final class NoRun {

    private final Console console;
    private final CommonOptions common;
    private final DetailedExit exit;

    NoRun(Console console, CommonOptions common, DetailedExit exit) {
        this.console = console;
        this.common = common;
        this.exit = exit;
    }

    int underWay() {
        tell(
                "run_under_way",
                "Another run of this pipeline is under way; nothing was done here. nightmail status shows how far it is.");
        return exit.of(ExitCode.RUN_UNDER_WAY);
    }

    /**
     * The source has no records.
     *
     * @param batchesOut of earlier runs
     */
    int withoutRecords(String reason, long batchesOut) {
        var left =
                batchesOut == 0
                        ? ""
                        : ". Of earlier runs "
                                + Figures.counted(batchesOut, "batch")
                                + " can be collected: nightmail collect does";
        tell("nothing_to_do", "Nothing to do: " + reason + left);
        return exit.of(batchesOut == 0 ? ExitCode.NOTHING_TO_DO : ExitCode.BATCHES_OUT);
    }

    /** No run ever submitted anything. */
    int neverRun(String pipeline) {
        tell(
                "nothing_to_do",
                "Nothing to collect: " + pipeline + " has not been run yet. nightmail run does.");
        return exit.of(ExitCode.NOTHING_TO_DO);
    }

    private void tell(String event, String text) {
        if (common.json()) {
            console.json(
                    JsonMapper.shared().createObjectNode().put("event", event).put("text", text));
        } else {
            console.result(text);
        }
    }
}

package dev.nightmail.cli.run;

import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.text.Figures;
import dev.nightmail.pipeline.run.PilotResult;
import dev.nightmail.pipeline.run.Preview;
import dev.nightmail.pipeline.run.RunOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lets nothing be charged that somebody has not agreed to, at the keyboard or with --yes. */
final class SpendingQuestion implements RunOptions.Confirmation {

    private final Console console;
    private final RunTarget target;
    private final boolean agreed;
    private @Nullable String refusal;

    SpendingQuestion(Console console, RunTarget target, boolean agreed) {
        this.console = console;
        this.target = target;
        this.agreed = agreed;
    }

    @Override
    public boolean isGiven() {
        return agreed;
    }

    @Override
    public boolean confirm(Preview preview) {
        if (agreed) {
            return true;
        }
        var deed =
                "send "
                        + Figures.counted(preview.records().outstanding(), "request")
                        + " to "
                        + target.endpoint().base().getHost()
                        + cost(preview);
        if (!console.canAsk()) {
            refusal =
                    "this would "
                            + deed
                            + ": add --yes to agree, or --dry-run to only look. Nothing was sent";
            return false;
        }
        if (console.ask("Do you want to " + deed + "?")) {
            return true;
        }
        refusal = "declined. Nothing was sent";
        return false;
    }

    @Override
    public boolean confirmAfter(PilotResult pilot) {
        // Not covered by --yes: who says it beforehand is not there to look at the failures.
        return !agreed
                && console.canAsk()
                && console.ask("Do you want to send the rest all the same?");
    }

    @Override
    public boolean confirmResending(String batchId, int requests) {
        // Not covered by --yes: with the key of another workspace everything would look lost.
        return console.canAsk()
                && console.ask(
                        "Batch %s cannot be seen with this key. Was it deleted, and shall its %s be sent and paid for again?"
                                .formatted(batchId, Figures.counted(requests, "request")));
    }

    /** Why nothing was sent. */
    Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    private static String cost(Preview preview) {
        var cost = preview.estimate().costMicros();
        return cost == null
                ? ", at a price that is not known"
                : " for about "
                        + Figures.money(cost.likely())
                        + " (at most "
                        + Figures.money(cost.high())
                        + ")";
    }
}

package dev.nightmail.cli.run;

import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.text.Figures;
import dev.nightmail.cli.text.Style;
import dev.nightmail.cli.text.Table;
import dev.nightmail.cli.text.Table.Align;
import dev.nightmail.pipeline.answer.FailureKind;
import dev.nightmail.pipeline.cost.Usage;
import dev.nightmail.pipeline.run.RunSummary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a run came to, for a person. */
final class SummaryText {

    private static final String INDENT = "  ";

    private final Style style;
    private final Function<Path, String> shown;

    /**
     * @param shown a path as it is shown
     */
    SummaryText(Style style, Function<Path, String> shown) {
        this.style = style;
        this.shown = shown;
    }

    /** Prints it as the command's result. */
    static void tell(RunSummary summary, Console console, Surroundings surroundings) {
        new SummaryText(console.outputStyle(), surroundings::shown)
                .lines(summary)
                .forEach(console::result);
    }

    List<String> lines(RunSummary summary) {
        var lines = new ArrayList<String>();
        lines.add(style.bold(summary.pipeline()) + "  " + end(summary));
        lines.add("");
        indent(lines, counts(summary));
        lines.add("");
        if (hasSomethingToAccountFor(summary)) {
            indent(lines, facts(summary));
            lines.add("");
        }
        indent(lines, files(summary));
        var advice = advice(summary);
        if (!advice.isEmpty()) {
            lines.add("");
            lines.add(INDENT + advice);
        }
        return lines;
    }

    private static boolean hasSomethingToAccountFor(RunSummary summary) {
        return isOut(summary) ? !summary.usage().equals(Usage.NONE) : !summary.didNothing();
    }

    private static boolean isOut(RunSummary summary) {
        return summary.end() == RunSummary.End.BATCHES_OUT;
    }

    private String end(RunSummary summary) {
        return switch (summary.end()) {
            case COMPLETE ->
                    summary.failedRecords() == 0
                            ? style.good(summary.didNothing() ? "complete already" : "complete")
                            : style.warning("complete, some records set aside");
            case BUDGET_REACHED -> style.warning("stopped at its budget");
            case STOPPED_BY_PILOT -> style.warning("stopped by the pilot");
            case CANCELED -> style.warning("a batch was canceled");
            case BATCHES_OUT ->
                    style.good(
                            Figures.counted(summary.batchesOut(), "batch")
                                    + (summary.batchesOut() == 1 ? " is out" : " are out"));
            case LEFT_TO_SEND -> style.warning("some records are left to send");
            case DECLINED -> style.warning("nothing sent");
        };
    }

    private static Table counts(RunSummary summary) {
        var table = new Table(Align.LEFT, Align.RIGHT, Align.LEFT);
        table.row("records", Figures.count(summary.records()), "");
        table.row("done", Figures.count(summary.done()), "");
        if (summary.failedRecords() > 0) {
            table.row(
                    "set aside", Figures.count(summary.failedRecords()), reasons(summary.failed()));
        }
        if (summary.underWay() > 0) {
            table.row("under way", Figures.count(summary.underWay()), "");
        }
        if (summary.unsent() > 0) {
            table.row("not sent", Figures.count(summary.unsent()), "");
        }
        if (summary.batches() > 0) {
            table.row("batches", Figures.count(summary.batches()), "");
        }
        // Of a run that sends and waits it is the same number again.
        if (summary.batchesCollected() > 0 && summary.batchesCollected() != summary.batches()) {
            table.row("collected", Figures.count(summary.batchesCollected()), "");
        }
        return table;
    }

    /**
     * @param failed how many records are set aside, by kind of failure
     */
    static String reasons(Map<String, Long> failed) {
        return failed.entrySet().stream()
                .map(reason ->
                        Figures.count(reason.getValue()) + " " + FailureKind.words(reason.getKey()))
                .collect(Collectors.joining(", "));
    }

    private Table facts(RunSummary summary) {
        return new Table(Align.LEFT, Align.LEFT)
                .row("tokens", tokens(summary))
                .row("cost", cost(summary))
                .row("elapsed", Figures.duration(summary.elapsed()));
    }

    private static String tokens(RunSummary summary) {
        var usage = summary.usage();
        var text =
                new StringBuilder(Figures.count(usage.promptTokens()))
                        .append(" in, ")
                        .append(Figures.count(usage.output()))
                        .append(" out");
        if (usage.cacheRead() > 0) {
            text.append(" (")
                    .append(Figures.count(usage.cacheRead()))
                    .append(" read from the cache)");
        }
        return text.toString();
    }

    private static String cost(RunSummary summary) {
        var tariff = summary.tariff();
        return switch (tariff.billing()) {
            case SIMULATED -> simulated(summary);
            case FREE -> "free" + inAllRuns(summary, 0);
            case BATCH -> charged(summary, "");
            case STANDARD -> charged(summary, ", at " + tariff.words());
            case ASSUMED ->
                    charged(
                            summary,
                            tariff.isAssumed()
                                    ? ", if the endpoint charges " + tariff.words()
                                    : "");
        };
    }

    private static String simulated(RunSummary summary) {
        var micros = summary.costMicros();
        if (micros == null) {
            return "simulated: nothing was charged";
        }
        var money = Figures.money(micros);
        return "simulated: would have cost %s%s at %s"
                .formatted(money.startsWith("$") ? "about " : "", money, summary.tariff().words());
    }

    private static String charged(RunSummary summary, String terms) {
        var micros = summary.costMicros();
        return micros == null
                ? "not known: there is no price for "
                        + summary.model()
                        + ", name a file that has one with prices"
                : Figures.money(micros) + inAllRuns(summary, micros) + terms + saved(summary);
    }

    private static String saved(RunSummary summary) {
        var saved = summary.savedMicros();
        return saved == null || saved <= 0
                ? ""
                : "; a call for each would have cost %s more".formatted(Figures.money(saved));
    }

    private static String inAllRuns(RunSummary summary, long micros) {
        var total = summary.totalCostMicros();
        return total == null || total == micros
                ? ""
                : " in this run, " + Figures.money(total) + " in all runs";
    }

    private Table files(RunSummary summary) {
        var table = new Table(Align.LEFT, Align.LEFT);
        if (!isOut(summary) || summary.done() > 0) {
            var label = "results";
            for (var place : summary.answers()) {
                var file = place.file();
                table.row(label, file == null ? place.name() : shown.apply(file));
                label = "";
            }
        }
        var failed = summary.failedFile();
        if (failed != null) {
            table.row("set aside", shown.apply(failed));
        }
        return table.row("report", shown.apply(summary.reportFile()));
    }

    private static String advice(RunSummary summary) {
        return switch (summary.end()) {
            case COMPLETE -> "";
            case BUDGET_REACHED -> "Raise budget in the pipeline and run it again to go on.";
            case STOPPED_BY_PILOT ->
                    "Mend the prompt or the schema and run it again, or go on regardless with --no-pilot.";
            case CANCELED, DECLINED, LEFT_TO_SEND -> "Run it again to send what was not sent.";
            case BATCHES_OUT -> "nightmail collect takes the results when they are there.";
        };
    }

    private static void indent(List<String> lines, Table table) {
        table.lines().forEach(line -> lines.add(INDENT + line));
    }
}

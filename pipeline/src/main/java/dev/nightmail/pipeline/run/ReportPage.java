package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.answer.FailureKind;
import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.cost.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The page {@code report.html}: no script, no font, no address of another machine. Every value is
 * escaped, since names and reasons may come from anywhere.
 */
final class ReportPage {

    private static final BigDecimal MICROS_PER_DOLLAR = BigDecimal.valueOf(1_000_000);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final Report report;
    private final RunSummary summary;

    private ReportPage(Report report) {
        this.report = report;
        this.summary = report.summary();
    }

    static String of(Report report) {
        return new ReportPage(report).page();
    }

    private String page() {
        return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>%1$s</title>
        <style>
          :root { color-scheme: light dark; --text: #1d2433; --quiet: #5a6478; --line: #e3e7ef; --page: #fff }
          @media (prefers-color-scheme: dark) { :root { --text: #e6e9f0; --quiet: #9aa4b8; --line: #333a49; --page: #14171e } }
          body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 3rem auto; padding: 0 1rem; color: var(--text); background: var(--page) }
          h1 { font-size: 1.6rem; margin-bottom: 0 }
          h2 { font-size: 1.1rem; margin: 2rem 0 0 }
          p { color: var(--quiet); margin: .2rem 0 1rem }
          table { border-collapse: collapse; width: 100%%; margin: .5rem 0 }
          th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); font-weight: normal }
          th { color: var(--quiet) }
          td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
          .number { text-align: right }
          .bar { display: flex; height: .8rem; border-radius: .4rem; overflow: hidden; background: var(--line) }
          .done { background: #2f7d5b } .failed { background: #b4423c }
        </style>
        </head>
        <body>
        <h1>%1$s</h1>
        <p>%2$s</p>
        <div class="bar"><div class="done" style="width:%3$s%%"></div><div class="failed" style="width:%4$s%%"></div></div>
        %5$s</body>
        </html>
        """
                .formatted(
                        escaped(summary.pipeline()),
                        escaped(ending()),
                        percent(summary.done(), summary.records()),
                        percent(summary.failedRecords(), summary.records()),
                        records() + spending() + setAside() + batches() + origin());
    }

    private String ending() {
        var end =
                switch (summary.end()) {
                    case COMPLETE ->
                            summary.failedRecords() == 0
                                    ? "Complete: every record has an answer."
                                    : "Complete: every record is answered or set aside.";
                    case DECLINED -> "Nothing was sent.";
                    case BUDGET_REACHED ->
                            "Stopped at the budget: raise it and run again to go on.";
                    case STOPPED_BY_PILOT ->
                            "Stopped by the pilot: too many of the first requests failed. Mend the prompt or the schema and run again.";
                    case CANCELED -> "Batches were canceled: run again to go on.";
                    case BATCHES_OUT ->
                            "Batches are under way: their results are still to be collected.";
                    case LEFT_TO_SEND -> "Some records are left to send: run again to go on.";
                };
        return end
                + " Finished "
                + TIME.format(report.finishedAt())
                + " after "
                + time(summary.elapsed())
                + "."
                + (summary.simulated() ? " The answers were simulated." : "");
    }

    private String records() {
        return table(
                List.of(),
                List.of(
                        cells("Records", number(summary.records())),
                        cells("Answered", number(summary.done())),
                        cells("Set aside", number(summary.failedRecords())),
                        cells("Under way", number(summary.underWay())),
                        cells("Not sent", number(summary.unsent()))));
    }

    private String spending() {
        var run = summary.usage();
        var all = report.usage();
        return "<h2>Tokens and cost</h2>\n"
                + table(
                        cells("", "this run", "all runs"),
                        List.of(
                                cells(
                                        "Batches",
                                        number(summary.batches()),
                                        number(report.batches())),
                                counted("Input tokens", run.promptTokens(), all.promptTokens()),
                                counted(
                                        "of these read from cache",
                                        run.cacheRead(),
                                        all.cacheRead()),
                                counted("of these written to cache", written(run), written(all)),
                                counted("Output tokens", run.output(), all.output()),
                                cells(
                                        costName(),
                                        cost(summary.costMicros()),
                                        cost(summary.totalCostMicros()))))
                + paragraph(prices());
    }

    private String costName() {
        return switch (summary.tariff().billing()) {
            case SIMULATED -> "Would have cost, were it not simulated";
            case ASSUMED -> summary.tariff().isAssumed() ? "Cost, assumed" : "Cost";
            case BATCH, STANDARD, FREE -> "Cost";
        };
    }

    private String cost(@Nullable Long micros) {
        return summary.tariff().billing() == Billing.FREE && Objects.equals(micros, 0L)
                ? "free"
                : dollars(micros);
    }

    private String prices() {
        var tariff = summary.tariff();
        if (tariff.billing() == Billing.FREE) {
            return "The endpoint charges nothing.";
        }
        var list = tariff.prices().listOf(tariff.model());
        var priced = "at %s as of %s (%s).".formatted(tariff.words(), list.date(), list.source());
        if (tariff.billing() == Billing.SIMULATED) {
            return "Simulated answers are charged to nobody; the figure is " + priced;
        }
        return tariff.isAssumed()
                ? "The endpoint does not say what it charges: assumed is what it is " + priced
                : "A" + priced.substring(1);
    }

    private static long written(Usage usage) {
        return usage.cacheWrite5m() + usage.cacheWrite1h();
    }

    private String setAside() {
        if (summary.failed().isEmpty()) {
            return "";
        }
        var kinds = new ArrayList<List<Cell>>();
        summary.failed()
                .forEach((kind, records) ->
                        kinds.add(cells(FailureKind.words(kind), number(records))));
        var shown = report.setAside();
        var more = summary.failedRecords() - shown.size();
        return "<h2>Set aside</h2>\n"
                + table(List.of(), kinds)
                + table(
                        cells("record", "reason"),
                        shown.stream()
                                .map(record -> cells(record.recordId(), record.message()))
                                .toList())
                + (more > 0 ? paragraph("and " + number(more) + " more.") : "");
    }

    private String batches() {
        var shown = report.latestBatches();
        if (shown.isEmpty()) {
            return "";
        }
        var more = report.batches() - shown.size();
        return "<h2>Batches</h2>\n"
                + table(
                        cells("batch", "at the endpoint", "requests", "created"),
                        shown.stream()
                                .map(batch ->
                                        cells(
                                                number(batch.number()),
                                                batch.batchId(),
                                                number(batch.requests()),
                                                TIME.format(batch.createdAt())))
                                .toList())
                + (more > 0 ? paragraph("and " + number(more) + " earlier.") : "");
    }

    private String origin() {
        var rows = new ArrayList<List<Cell>>();
        rows.add(cells("Model", summary.model()));
        rows.add(cells("Endpoint", summary.endpoint()));
        rows.add(cells("Prompt version", summary.promptVersion()));
        for (var place : summary.answers()) {
            var file = place.file();
            rows.add(
                    List.of(Cell.of("Answers"), file == null ? Cell.of(place.name()) : link(file)));
        }
        var failed = summary.failedFile();
        if (failed != null) {
            rows.add(List.of(Cell.of("Records set aside"), link(failed)));
        }
        return "<h2>Where from, where to</h2>\n" + table(List.of(), rows);
    }

    /** One cell as HTML. */
    private record Cell(String html, boolean isNumber) {
        static Cell of(String text) {
            return new Cell(escaped(text), text.matches("[$]?[0-9][0-9,.]*"));
        }
    }

    private static List<Cell> cells(String... texts) {
        return Arrays.stream(texts).map(Cell::of).toList();
    }

    private static List<Cell> counted(String name, long run, long all) {
        return cells(name, number(run), number(all));
    }

    /** Relative, so that the folder can be moved; none where there is no such way. */
    private Cell link(Path file) {
        var folder = summary.reportFile().toAbsolutePath().getParent();
        if (folder == null) {
            return Cell.of(file.toString());
        }
        var relative = folder.relativize(file.toAbsolutePath()).toString().replace('\\', '/');
        try {
            var address = new URI(null, null, relative, null).toASCIIString();
            return new Cell(
                    "<a href=\"" + escaped(address) + "\">" + escaped(relative) + "</a>", false);
        } catch (URISyntaxException _) {
            return Cell.of(relative);
        }
    }

    private static String table(List<Cell> head, List<List<Cell>> rows) {
        return "<table>\n"
                + (head.isEmpty() ? "" : row("th", head, rows.getFirst()))
                + rows.stream().map(row -> row("td", row, row)).collect(Collectors.joining())
                + "</table>\n";
    }

    /**
     * @param like a row whose numbers stand to the right
     */
    private static String row(String tag, List<Cell> cells, List<Cell> like) {
        var row = new StringBuilder("<tr>");
        for (int column = 0; column < cells.size(); column++) {
            var isName = column == 0 && cells.size() > 1 && !like.getFirst().isNumber();
            var name = isName ? "th" : tag;
            row.append('<')
                    .append(name)
                    .append(like.get(column).isNumber() ? " class=\"number\">" : ">")
                    .append(cells.get(column).html())
                    .append("</")
                    .append(name)
                    .append('>');
        }
        return row.append("</tr>\n").toString();
    }

    private static String paragraph(String text) {
        return "<p>" + escaped(text) + "</p>\n";
    }

    private static String percent(long part, long whole) {
        return whole == 0
                ? "0"
                : BigDecimal.valueOf(part)
                        .multiply(BigDecimal.valueOf(100))
                        .divide(BigDecimal.valueOf(whole), 2, RoundingMode.DOWN)
                        .toPlainString();
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String dollars(@Nullable Long micros) {
        return micros == null
                ? "not known: no price for this model"
                : "$"
                        + BigDecimal.valueOf(micros)
                                .divide(MICROS_PER_DOLLAR, 4, RoundingMode.UP)
                                .toPlainString();
    }

    private static String time(Duration duration) {
        var seconds = duration.toSeconds();
        return seconds < 60
                ? String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0)
                : "%d h %02d min %02d s".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}

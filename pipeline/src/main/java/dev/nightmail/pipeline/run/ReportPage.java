package dev.nightmail.pipeline.run;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The page {@code report.html}: no script, no font, no address of another machine. Every value is
 * escaped, since names and reasons may come from anywhere.
 */
final class ReportPage {

    private static final BigDecimal MICROS_PER_DOLLAR = BigDecimal.valueOf(1_000_000);

    private ReportPage() {}

    static String of(RunSummary summary) {
        return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>%1$s</title>
        <style>
          body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1d2433; background: #fff }
          h1 { font-size: 1.6rem; margin-bottom: 0 }
          p { color: #5a6478; margin-top: .2rem }
          table { border-collapse: collapse; width: 100%%; margin: 1.5rem 0 }
          th, td { text-align: left; padding: .35rem .5rem; border-bottom: 1px solid #e3e7ef; font-weight: normal }
          th { color: #5a6478; width: 40%% }
          td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
          .bar { display: flex; height: .8rem; border-radius: .4rem; overflow: hidden; background: #e3e7ef }
          .done { background: #2f7d5b } .failed { background: #b4423c }
        </style>
        </head>
        <body>
        <h1>%1$s</h1>
        <p>%2$s</p>
        <div class="bar"><div class="done" style="width:%3$s%%"></div><div class="failed" style="width:%4$s%%"></div></div>
        %5$s%6$s</body>
        </html>
        """
                .formatted(
                        escaped(summary.pipeline()),
                        escaped(ending(summary)),
                        percent(summary.done(), summary.records()),
                        percent(summary.failedRecords(), summary.records()),
                        table(figures(summary)),
                        summary.failed().isEmpty()
                                ? ""
                                : "<h2>Set aside</h2>\n" + table(failures(summary)));
    }

    private static String ending(RunSummary summary) {
        return switch (summary.end()) {
            case COMPLETE -> "Complete: every record is answered or set aside.";
            case DECLINED -> "Nothing was sent.";
            case BUDGET_REACHED -> "Stopped at the budget: raise it and run again to go on.";
            case CANCELED -> "Batches were canceled: run again to go on.";
        };
    }

    private static Map<String, String> figures(RunSummary summary) {
        var usage = summary.usage();
        var figures = new LinkedHashMap<String, String>();
        figures.put("Records", number(summary.records()));
        figures.put("Answered", number(summary.done()));
        figures.put("Set aside", number(summary.failedRecords()));
        figures.put("Not sent", number(summary.unsent()));
        figures.put("Batches of this run", number(summary.batches()));
        figures.put("Input tokens", number(usage.promptTokens()));
        figures.put("of these read from cache", number(usage.cacheRead()));
        figures.put(
                "of these written to cache", number(usage.cacheWrite5m() + usage.cacheWrite1h()));
        figures.put("Output tokens", number(usage.output()));
        figures.put("Cost of this run", dollars(summary.costMicros()));
        figures.put("Cost of all runs", dollars(summary.totalCostMicros()));
        figures.put("Time", time(summary.elapsed()));
        figures.put("Model", summary.model());
        figures.put("Endpoint", summary.endpoint());
        figures.put("Prompt version", summary.promptVersion());
        figures.put("Answers", String.valueOf(summary.answerFile().getFileName()));
        return figures;
    }

    private static Map<String, String> failures(RunSummary summary) {
        var failures = new LinkedHashMap<String, String>();
        summary.failed().forEach((kind, records) -> failures.put(kind, number(records)));
        return failures;
    }

    private static String table(Map<String, String> rows) {
        var table = new StringBuilder("<table>\n");
        rows.forEach((name, value) ->
                table.append(
                        "<tr><th>%s</th><td>%s</td></tr>\n"
                                .formatted(escaped(name), escaped(value))));
        return table.append("</table>\n").toString();
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

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}

package dev.nightmail.cli.run;

import dev.nightmail.cli.text.Figures;
import dev.nightmail.cli.text.Style;
import dev.nightmail.cli.text.Table;
import dev.nightmail.cli.text.Table.Align;
import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.cost.Range;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.run.Preview;
import java.util.ArrayList;
import java.util.List;

/** What a run would do, for a person to judge. */
final class PlanText {

    private static final int PROMPT_LINES_MAX = 20;
    private static final String INDENT = "  ";

    private final PipelineDefinition definition;
    private final String where;
    private final Style style;

    PlanText(PipelineDefinition definition, String where, Style style) {
        this.definition = definition;
        this.where = where;
        this.style = style;
    }

    List<String> lines(Preview preview) {
        var lines = new ArrayList<String>();
        lines.add(style.bold(preview.pipeline()) + "  " + preview.model() + " at " + where);
        lines.add("");
        lines.add(INDENT + records(preview));
        unusable(preview).forEach(line -> lines.add(INDENT + line));
        preview.tooLong().forEach(line -> lines.add(INDENT + style.warning(line)));
        for (var batch : preview.inDoubt()) {
            lines.add(
                    INDENT
                            + style.warning(
                                    "It is not known whether batch %d (%s) was taken: a run looks for it first."
                                            .formatted(
                                                    batch.number(),
                                                    Figures.counted(batch.requests(), "request"))));
        }
        if (preview.records().outstanding() > 0) {
            lines.add("");
            figures(preview).lines().forEach(line -> lines.add(INDENT + line));
            lines.add("");
            lines.add(INDENT + style.dim(basis(preview)));
            var saved = preview.estimate().savedMicros();
            if (saved != null && saved > 0) {
                lines.add(
                        INDENT
                                + style.dim(
                                        "A call for each would likely cost %s more."
                                                .formatted(Figures.money(saved))));
            }
            if (preview.estimate().costMicros() == null) {
                lines.add(
                        INDENT
                                + style.warning(
                                        "No price is known for "
                                                + preview.model()
                                                + ": name a file that has one with prices."));
            }
            if (preview.tariff().billing() == Billing.SIMULATED) {
                lines.add(
                        INDENT
                                + style.dim(
                                        "Simulated: nothing is charged; that is what it would cost."));
            }
        }
        definition
                .budgetIfAny()
                .ifPresent(budget -> lines.add(INDENT + budget(budget.micros(), preview)));
        return lines;
    }

    /** One prompt as the model would read it, cut to fit a screen. */
    List<String> prompt(Preview preview, int columns) {
        var sample = preview.sample();
        if (sample == null) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        lines.add("");
        lines.add(INDENT + "The prompt of record " + sample.recordId() + ":");
        lines.add("");
        var bar = INDENT + style.dim(style.unicode() ? "│ " : "| ");
        var width = Math.max(20, columns - INDENT.length() - 2);
        var wrapped = sample.text().lines().flatMap(line -> pieces(line, width).stream()).toList();
        wrapped.stream().limit(PROMPT_LINES_MAX).forEach(line -> lines.add(bar + line));
        if (wrapped.size() > PROMPT_LINES_MAX) {
            var more = wrapped.size() - PROMPT_LINES_MAX;
            lines.add(INDENT + style.dim("and " + Figures.counted(more, "more line")));
        }
        return lines;
    }

    private static String records(Preview preview) {
        var counts = preview.records();
        var text = new StringBuilder(Figures.counted(counts.total(), "record"));
        append(text, counts.done(), "answered");
        append(text, counts.failed(), "set aside");
        append(text, counts.unusable(), "unusable");
        // A batch may hold records that a limit leaves out.
        var doubtful = Math.min(counts.submitted(), requestsInDoubt(preview));
        append(text, counts.submitted() - doubtful, "under way");
        append(text, doubtful, "in doubt");
        append(text, counts.canceled(), "canceled");
        append(text, counts.following(), "the same as another");
        text.append(counts.outstanding() == 0 ? ", nothing to send" : ", ");
        return counts.outstanding() == 0
                ? text.toString()
                : text.append(Figures.count(counts.outstanding())).append(" to send").toString();
    }

    private List<String> unusable(Preview preview) {
        var amount = preview.records().unusable();
        var lines = new ArrayList<String>();
        preview.unusable().first().forEach(place -> lines.add(style.dim("unusable: " + place)));
        if (amount > lines.size()) {
            lines.add(style.dim("and " + Figures.count(amount - lines.size()) + " more"));
        }
        if (amount > preview.unusable().allowed()) {
            lines.add(
                    style.warning(
                            "A run would stop here: bad-records allows "
                                    + Figures.count(preview.unusable().allowed())
                                    + " of them. Mend the source, or raise it."));
        }
        return lines;
    }

    private static long requestsInDoubt(Preview preview) {
        return preview.inDoubt().stream().mapToLong(Preview.InDoubt::requests).sum();
    }

    private static void append(StringBuilder text, long amount, String what) {
        if (amount > 0) {
            text.append(", ").append(Figures.count(amount)).append(' ').append(what);
        }
    }

    private static Table figures(Preview preview) {
        var estimate = preview.estimate();
        var table =
                new Table(Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT)
                        .row("", "low", "likely", "high");
        tokens(table, "input tokens", estimate.inputTokens());
        tokens(table, "output tokens", estimate.outputTokens());
        var cost = estimate.costMicros();
        return cost == null
                ? table.row("cost", "", "not known", "")
                : table.row(
                        "cost",
                        Figures.money(cost.low()),
                        Figures.money(cost.likely()),
                        Figures.money(cost.high()));
    }

    private static void tokens(Table table, String name, Range tokens) {
        table.row(
                name,
                Figures.count(tokens.low()),
                Figures.count(tokens.likely()),
                Figures.count(tokens.high()));
    }

    private static String basis(Preview preview) {
        var estimate = preview.estimate();
        var priced =
                switch (preview.tariff().billing()) {
                    case FREE -> "An estimate; answers are free at this endpoint";
                    case BATCH, STANDARD, SIMULATED, ASSUMED ->
                            estimate.costMicros() == null
                                    ? "An estimate"
                                    : "An estimate at " + preview.tariff().words();
                };
        return priced + ": " + estimate.basis() + ".";
    }

    private static String budget(long budgetMicros, Preview preview) {
        var spent = preview.spentMicros();
        if (!preview.tariff().billing().charges()) {
            return "Budget " + Figures.money(budgetMicros) + ", of which this spends nothing";
        }
        return "Budget "
                + Figures.money(budgetMicros)
                + (spent == null || spent == 0
                        ? ""
                        : ", of which earlier runs spent " + Figures.money(spent));
    }

    private static List<String> pieces(String line, int width) {
        if (line.isEmpty()) {
            return List.of("");
        }
        var pieces = new ArrayList<String>();
        for (int start = 0; start < line.length(); ) {
            var end = Math.min(line.length(), start + width);
            var space = end == line.length() ? -1 : lastSpace(line, start, end);
            var cut = space > start ? space : end;
            pieces.add(line.substring(start, cut));
            start = space > start ? cut + 1 : cut;
        }
        return pieces;
    }

    /** Looks no further back than one line: a text may have millions of letters and no space. */
    private static int lastSpace(String line, int start, int end) {
        int index = end;
        while (index > start && line.charAt(index) != ' ') {
            index--;
        }
        return index;
    }
}

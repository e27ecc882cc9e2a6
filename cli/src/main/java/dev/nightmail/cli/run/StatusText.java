package dev.nightmail.cli.run;

import dev.nightmail.cli.text.Figures;
import dev.nightmail.cli.text.Style;
import dev.nightmail.cli.text.Table;
import dev.nightmail.cli.text.Table.Align;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.run.PipelineStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a pipeline stands, for a person. */
final class StatusText {

    private static final String INDENT = "  ";

    private final Style style;
    private final Instant now;

    StatusText(Style style, Instant now) {
        this.style = style;
        this.now = now;
    }

    /**
     * @param seen what the endpoint says of batches, by id
     */
    List<String> lines(PipelineStatus status, Map<String, BatchSnapshot> seen) {
        var lines = new ArrayList<String>();
        lines.add(style.bold(status.pipeline()) + "  " + headline(status));
        if (status.plan() == null) {
            return lines;
        }
        lines.add("");
        indent(lines, records(status));
        if (!status.out().isEmpty() || !status.over().isEmpty()) {
            lines.add("");
            indent(lines, batches(status, seen));
        }
        var more = status.batches() - status.out().size() - status.over().size();
        if (more > 0) {
            lines.add(INDENT + style.dim("and " + Figures.counted(more, "earlier batch")));
        }
        if (Stream.concat(status.out().stream(), status.over().stream())
                .anyMatch(batch -> batch.row().billing() == Billing.SIMULATED)) {
            lines.add("");
            lines.add(
                    INDENT
                            + style.dim(
                                    "Simulated answers cost nothing: shown is about what they would have cost at the price of a batch."));
        }
        return lines;
    }

    private String headline(PipelineStatus status) {
        var plan = status.plan();
        if (status.runUnderWay()) {
            return style.good(
                    plan == null || !plan.complete()
                            ? "a run is under way, and reads the source"
                            : "a run is under way");
        }
        if (plan == null) {
            return "has not been run yet";
        }
        var read = "source read " + ago(plan.plannedAt());
        return plan.complete()
                ? read + limited(plan.recordLimit())
                : style.warning(read + ", not to its end: run it again to go on");
    }

    private static String limited(@Nullable Integer limit) {
        return limit == null ? "" : ", a sample of the first " + Figures.counted(limit, "record");
    }

    private static Table records(PipelineStatus status) {
        var records = status.records();
        var table = new Table(Align.LEFT, Align.RIGHT, Align.LEFT);
        table.row("records", Figures.count(records.total()), "");
        table.row("done", Figures.count(records.done()), "");
        row(table, "under way", records.submitted(), "");
        row(table, "to send", records.outstanding(), "");
        row(table, "the same as another", records.following(), "");
        row(table, "canceled", records.canceled(), "");
        row(table, "set aside", records.setAside(), SummaryText.reasons(status.failed()));
        return table;
    }

    private static void row(Table table, String name, long amount, String more) {
        if (amount > 0) {
            table.row(name, Figures.count(amount), more);
        }
    }

    private Table batches(PipelineStatus status, Map<String, BatchSnapshot> seen) {
        var table =
                new Table(
                        Align.RIGHT,
                        Align.LEFT,
                        Align.LEFT,
                        Align.RIGHT,
                        Align.RIGHT,
                        Align.LEFT,
                        Align.LEFT,
                        Align.RIGHT);
        table.row("BATCH", "ID", "STATE", "REQUESTS", "SETTLED", "AGE", "DEADLINE", "COST");
        status.out().forEach(batch -> row(table, batch, seen));
        status.over().forEach(batch -> row(table, batch, seen));
        return table;
    }

    private void row(Table table, PipelineStatus.Batch batch, Map<String, BatchSnapshot> seen) {
        var row = batch.row();
        var id = row.batchId();
        var snapshot = id == null ? null : seen.get(id);
        table.row(
                Figures.count(row.number()),
                id == null ? "-" : id,
                state(row.state(), snapshot),
                Figures.count(row.requests()),
                snapshot == null ? "-" : Figures.count(snapshot.counts().settled()),
                Figures.duration(
                        Duration.between(
                                row.submittedAt() == null ? row.intendedAt() : row.submittedAt(),
                                now)),
                deadline(snapshot),
                cost(batch));
    }

    private static String state(String state, @Nullable BatchSnapshot snapshot) {
        return switch (state) {
            case "intended" -> "in doubt";
            case "submitted" -> snapshot == null ? "under way" : state(snapshot);
            default -> state;
        };
    }

    private static String state(BatchSnapshot snapshot) {
        return switch (snapshot.status()) {
            case IN_PROGRESS -> "under way";
            case CANCELING -> "canceling";
            case ENDED -> "to collect";
        };
    }

    private String deadline(@Nullable BatchSnapshot snapshot) {
        var expiresAt = snapshot == null || snapshot.hasEnded() ? null : snapshot.expiresAt();
        if (expiresAt == null) {
            return "-";
        }
        return expiresAt.isAfter(now)
                ? "in " + Figures.duration(Duration.between(now, expiresAt))
                : "over";
    }

    /** What its results cost; before they are here, what they are likely to. */
    private static String cost(PipelineStatus.Batch batch) {
        return switch (batch.row().billing()) {
            case FREE -> "free";
            case SIMULATED -> "simulated " + figure(batch);
            case BATCH, STANDARD, ASSUMED -> figure(batch);
        };
    }

    private static String figure(PipelineStatus.Batch batch) {
        var row = batch.row();
        if (row.state().equals("submitted") || row.state().equals("intended")) {
            return row.likelyMicros() == 0 ? "-" : "~" + Figures.money(row.likelyMicros());
        }
        var cost = batch.costMicros();
        return cost == null ? "not known" : Figures.money(cost);
    }

    private String ago(Instant time) {
        return Figures.duration(Duration.between(time, now)) + " ago";
    }

    private static void indent(List<String> lines, Table table) {
        table.lines().forEach(line -> lines.add(INDENT + line));
    }
}

package dev.nightmail.cli.batches;

import dev.nightmail.cli.text.Figures;
import dev.nightmail.cli.text.Style;
import dev.nightmail.cli.text.Table;
import dev.nightmail.cli.text.Table.Align;
import dev.nightmail.pipeline.client.BatchSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batches for people. */
final class BatchText {

    private static final String INDENT = "  ";

    private final Style style;
    private final Instant now;

    BatchText(Style style, Instant now) {
        this.style = style;
        this.now = now;
    }

    /** One batch with all there is to know. */
    List<String> lines(BatchSnapshot batch) {
        var lines = new ArrayList<String>();
        lines.add(style.bold(batch.id()) + "  " + coloured(batch));
        lines.add("");
        counts(batch).lines().forEach(line -> lines.add(INDENT + line));
        lines.add("");
        times(batch).lines().forEach(line -> lines.add(INDENT + line));
        return lines;
    }

    /** Many batches, a line each. */
    List<String> table(List<BatchSnapshot> batches) {
        var table =
                new Table(
                        Align.LEFT,
                        Align.LEFT,
                        Align.RIGHT,
                        Align.RIGHT,
                        Align.RIGHT,
                        Align.LEFT,
                        Align.LEFT);
        table.row("ID", "STATUS", "REQUESTS", "SUCCEEDED", "OTHERS", "CREATED", "EXPIRES");
        for (var batch : batches) {
            var counts = batch.counts();
            table.row(
                    batch.id(),
                    status(batch),
                    Figures.count(counts.total()),
                    Figures.count(counts.succeeded()),
                    Figures.count(counts.settled() - counts.succeeded()),
                    created(batch),
                    expiry(batch));
        }
        return table.lines();
    }

    private Table counts(BatchSnapshot batch) {
        var counts = batch.counts();
        return new Table(Align.LEFT, Align.RIGHT)
                .row("requests", Figures.count(counts.total()))
                .row("processing", Figures.count(counts.processing()))
                .row("succeeded", Figures.count(counts.succeeded()))
                .row("errored", Figures.count(counts.errored()))
                .row("canceled", Figures.count(counts.canceled()))
                .row("expired", Figures.count(counts.expired()));
    }

    private Table times(BatchSnapshot batch) {
        var table = new Table(Align.LEFT, Align.LEFT);
        row(table, "created", batch.createdAt());
        row(table, "canceled", batch.cancelInitiatedAt());
        row(table, "ended", batch.endedAt());
        row(table, "expires", batch.hasEnded() ? null : batch.expiresAt());
        row(table, "archived", batch.archivedAt());
        return table;
    }

    private void row(Table table, String name, @Nullable Instant time) {
        if (time != null) {
            table.row(name, Figures.time(time) + ", " + distance(time));
        }
    }

    private String distance(Instant time) {
        return time.isAfter(now)
                ? "in " + Figures.duration(Duration.between(now, time))
                : Figures.duration(Duration.between(time, now)) + " ago";
    }

    private static String created(BatchSnapshot batch) {
        var createdAt = batch.createdAt();
        return createdAt == null ? "-" : Figures.time(createdAt);
    }

    private String expiry(BatchSnapshot batch) {
        var expiresAt = batch.expiresAt();
        return batch.hasEnded() || expiresAt == null ? "-" : distance(expiresAt);
    }

    private String coloured(BatchSnapshot batch) {
        return batch.hasEnded() ? style.good(status(batch)) : style.warning(status(batch));
    }

    private static String status(BatchSnapshot batch) {
        return switch (batch.status()) {
            case IN_PROGRESS -> "in progress";
            case CANCELING -> "canceling";
            case ENDED -> batch.archivedAt() == null ? "ended" : "archived";
        };
    }
}

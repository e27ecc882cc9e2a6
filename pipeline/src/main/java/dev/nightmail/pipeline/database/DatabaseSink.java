package dev.nightmail.pipeline.database;

import dev.nightmail.pipeline.database.DatabaseSinkProvider.DatabaseTable;
import dev.nightmail.pipeline.sink.Answers;
import dev.nightmail.pipeline.sink.Columns;
import dev.nightmail.pipeline.sink.Sink;
import dev.nightmail.pipeline.sink.SinkContext;
import dev.nightmail.pipeline.sink.SinkException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers as rows of a table, written in groups. The transaction that writes a group also writes
 * down, in the same database, how far it got ({@link Progress}). Whether a commit whose answer was
 * lost went through is therefore read from the database, and nothing is written twice.
 */
final class DatabaseSink implements Sink {

    private static final int GROUP_ROWS = 1_000;
    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(1);

    private final DatabaseTable target;
    private final SinkContext context;
    private final Columns columns;
    private @Nullable Connection connection;
    private long delivered;

    /** In rows that are not there, in this run. */
    private long missing;

    DatabaseSink(DatabaseTable target, SinkContext context) {
        this.target = target;
        this.context = context;
        this.columns =
                Columns.of(context.shape(), target.key(), target.url().dialect().ignoresCase());
    }

    @Override
    public void check(Answers answers) {
        try {
            var open = connected();
            var table = new Table(open, target, columns);
            columns.notes().forEach(context::note);
            var made = table.check();
            if (made != null) {
                context.note("made the table " + target.table() + ": " + made);
            } else {
                table.notes().forEach(context::note);
            }
            var progress = progress(open);
            progress.prepare();
            // A table that is new lacks everything; a state of before, brought back from a copy,
            // numbers answers anew that were delivered under other numbers.
            if (made != null || progress.read() > answers.last()) {
                progress.reset();
            }
            delivered = progress.read();
        } catch (SQLException e) {
            disconnect();
            throw failure(e);
        }
    }

    @Override
    public long deliver(Answers answers) throws InterruptedException {
        return deliver(answers, Duration.ZERO);
    }

    @Override
    public long complete(Answers answers) throws InterruptedException {
        var rows = deliver(answers, context.patience()) + restore(answers);
        if (missing > 0) {
            context.note(
                    "answers without a row in %s: %d. They are not written, since mode: update makes no rows"
                            .formatted(target.place(), missing));
            missing = 0;
        }
        return rows;
    }

    /**
     * Whoever empties a row, or removes it, and has its record read again wants its answer there:
     * it is written once more, and nobody is asked.
     */
    private long restore(Answers answers) throws InterruptedException {
        var rows = new long[1];
        patiently(
                context.patience(),
                () -> {
                    answers.givenAgain(
                            GROUP_ROWS, ids -> rows[0] += restore(connected(), ids, answers));
                    return false;
                });
        if (rows[0] > 0) {
            context.note(
                    "%s lacked answers that were delivered before, to records that the source gave again: %d are written once more"
                            .formatted(target.place(), rows[0]));
        }
        return rows[0];
    }

    private int restore(Connection open, List<String> ids, Answers answers) throws SQLException {
        var lacking = new RowReader(open, target, columns).lacking(ids);
        if (!lacking.isEmpty()) {
            new RowWriter(open, target, columns).write(answers.of(lacking));
        }
        return lacking.size();
    }

    private long deliver(Answers answers, Duration patience) throws InterruptedException {
        var rows = new long[1];
        patiently(
                patience,
                () -> {
                    var group = group(answers);
                    if (group.isEmpty()) {
                        return false;
                    }
                    rows[0] += write(group);
                    return true;
                });
        return rows[0];
    }

    /** A part of the work, which may be done again. */
    private interface Part {
        /**
         * Does it.
         *
         * @return whether there may be more
         */
        boolean work() throws SQLException;
    }

    /**
     * A connection that broke, as idle ones do, is made anew at once; after that patience counts.
     */
    private void patiently(Duration patience, Part part) throws InterruptedException {
        var pause = Duration.ZERO;
        var waited = Duration.ZERO;
        while (true) {
            try {
                while (part.work()) {
                    pause = Duration.ZERO;
                    waited = Duration.ZERO;
                }
                return;
            } catch (SQLException e) {
                disconnect();
                if (!Failures.mayPass(e, target.url())) {
                    throw failure(e);
                }
                boolean isFirst = pause.isZero();
                if (!isFirst) {
                    if (waited.compareTo(patience) >= 0) {
                        throw failure(e);
                    }
                    context.pause(pause);
                    waited = waited.plus(pause);
                }
                pause = longer(pause);
            }
        }
    }

    private static Duration longer(Duration pause) {
        var doubled = pause.isZero() ? PAUSE_MIN : pause.multipliedBy(2);
        return doubled.compareTo(PAUSE_MAX) < 0 ? doubled : PAUSE_MAX;
    }

    /** What the table lacks, as its own database says. */
    private List<Answers.Numbered> group(Answers answers) throws SQLException {
        if (connection == null) {
            delivered = progress(connected()).read();
        }
        return answers.after(delivered, GROUP_ROWS);
    }

    private int write(List<Answers.Numbered> group) throws SQLException {
        var open = connected();
        open.setAutoCommit(false);
        List<String> without;
        try {
            var last = group.getLast().sequence();
            // The row stays locked until the end: nobody else delivers for this pipeline meanwhile.
            if (!progress(open).advance(delivered, last)) {
                throw new SinkException(
                        "sink.database: another run of this pipeline, with a copy of its state, writes to "
                                + target.place()
                                + ": stop it, or give each a table of its own",
                        null);
            }
            without = new RowWriter(open, target, columns).write(group);
            open.commit();
            delivered = last;
        } catch (SQLException e) {
            undo(open);
            if (Failures.isOfData(e)) {
                throw misfit(open, group, e);
            }
            throw e;
        } catch (RuntimeException e) {
            undo(open);
            throw e;
        }
        open.setAutoCommit(true);
        if (missing == 0 && !without.isEmpty()) {
            context.note(
                    "%s has no row for record %s; at the end it is said how many answers have none"
                            .formatted(target.place(), without.getFirst()));
        }
        missing += without.size();
        return group.size() - without.size();
    }

    /** Finds the answer that a table does not take, by trying one after the other. */
    private SinkException misfit(
            Connection open, List<Answers.Numbered> group, SQLException failure)
            throws SQLException {
        for (var answer : group) {
            try {
                new RowWriter(open, target, columns).write(List.of(answer));
            } catch (SQLException e) {
                if (Failures.isOfData(e)) {
                    return new SinkException(
                            "sink.database: %s does not take the answer of record %s: %s. Mend the table and run it again; no answer is lost"
                                    .formatted(
                                            target.place(),
                                            answer.row().recordId(),
                                            Failures.words(e, target.url())),
                            null);
                }
                throw e;
            } finally {
                undo(open);
            }
        }
        return failure(failure);
    }

    private Progress progress(Connection open) {
        return new Progress(open, target, context.pipelineId());
    }

    private Connection connected() throws SQLException {
        var open = connection;
        if (open == null) {
            try {
                open = Drivers.connect(target.url(), target.url().dialect().forShortStatements());
            } catch (MissingDriverException e) {
                throw new SinkException("sink.database.url: " + e.getMessage(), e);
            }
            open.setAutoCommit(true);
            connection = open;
        }
        return open;
    }

    private static void undo(Connection open) {
        try {
            open.rollback();
        } catch (SQLException _) {
            // The connection is gone, and the transaction with it.
        }
    }

    private SinkException failure(SQLException e) {
        return new SinkException(
                "sink.database: cannot write to %s: %s. No answer is lost: run it again once that is mended"
                        .formatted(target.place(), Failures.words(e, target.url())),
                Failures.isOfData(e) ? null : e);
    }

    private void disconnect() {
        var open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException _) {
                // It was broken.
            }
        }
    }

    @Override
    public void close() {
        disconnect();
    }
}

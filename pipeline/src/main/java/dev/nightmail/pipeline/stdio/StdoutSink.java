package dev.nightmail.pipeline.stdio;

import dev.nightmail.pipeline.sink.AnswerLines;
import dev.nightmail.pipeline.sink.AnswerRows;
import dev.nightmail.pipeline.sink.Answers;
import dev.nightmail.pipeline.sink.ReaderGoneException;
import dev.nightmail.pipeline.sink.Sink;
import dev.nightmail.pipeline.sink.SinkContext;
import dev.nightmail.pipeline.sink.SinkException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Answers on standard output, as a filter gives them: each process writes every answer of its
 * records once, those of earlier runs too. First come all there are, in the order of the source,
 * then those of each further batch as it is collected.
 *
 * <p>Nobody can tell how much of what was written was read, so nothing is kept of it: after a crash
 * the next run writes all of them again, and whoever appends to a file finds ids twice.
 */
final class StdoutSink implements Sink {

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int GROUP_ROWS = 1_000;

    private final AnswerLines lines;
    private final SinkContext context;
    private final OutputStream out;
    private boolean begun;
    private long written;

    /** Of the write that failed: what came out of it is not known, so no other follows. */
    private @Nullable SinkException failure;

    StdoutSink(AnswerLines lines, SinkContext context) {
        this.lines = lines;
        this.context = context;
        this.out = new BufferedOutputStream(context.streams().output(), BUFFER_BYTES);
    }

    @Override
    public void check(Answers answers) {
        lines.notes().forEach(context::note);
    }

    @Override
    public long deliver(Answers answers) throws InterruptedException {
        if (failure != null) {
            throw failure;
        }
        try {
            long rows = begun ? 0 : begin(answers);
            for (var group = answers.after(written, GROUP_ROWS);
                    !group.isEmpty();
                    group = answers.after(written, GROUP_ROWS)) {
                var next = group;
                rows +=
                        write(visitor -> {
                            for (var answer : next) {
                                visitor.visit(answer.row());
                            }
                        });
                written = next.getLast().sequence();
            }
            out.flush();
            return rows;
        } catch (ClosedByInterruptException _) {
            Thread.interrupted();
            failure =
                    new SinkException(
                            "sink.stdout: stopped while standard output was written", null);
            throw new InterruptedException();
        } catch (IOException e) {
            failure = failure(e);
            throw failure;
        }
    }

    /** A run that has come to its end has nothing to stop: its report is written all the same. */
    @Override
    public long complete(Answers answers) throws InterruptedException {
        try {
            return deliver(answers);
        } catch (ReaderGoneException e) {
            context.note(String.valueOf(e.getMessage()));
            return 0;
        }
    }

    private long begin(Answers answers) throws IOException {
        begun = true;
        written = answers.last();
        lines.begin(out);
        return write(answers.ofThisRun());
    }

    private long write(AnswerRows rows) throws IOException {
        var count = new long[1];
        lines.write(
                visitor ->
                        rows.each(row -> {
                            count[0]++;
                            visitor.visit(row);
                        }),
                out);
        return count[0];
    }

    private static SinkException failure(IOException e) {
        // "Broken pipe", and what systems of other languages and makers make of it.
        if (String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("pipe")) {
            return new ReaderGoneException(
                    "sink.stdout: nobody reads standard output any more. No answer is lost: run it again to have them all");
        }
        return new SinkException(
                "sink.stdout: cannot write to standard output: %s. No answer is lost: run it again once that is mended"
                        .formatted(e.getMessage()),
                e);
    }

    /** Standard output belongs to the process. */
    @Override
    public void close() {}
}

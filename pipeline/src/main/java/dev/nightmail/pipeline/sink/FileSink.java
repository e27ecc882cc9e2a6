package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.paths.NamedFile;
import java.time.Duration;
import java.time.Instant;

/**
 * Replaces one file whole; what it held before stays until then. While a run goes on it is written
 * now and then, so that the answers so far are there: a twentieth of the time goes into it at most.
 */
final class FileSink implements Sink {

    private static final Duration PAUSE_MIN = Duration.ofSeconds(10);
    private static final int PAUSES_PER_WRITE = 20;

    private final SinkContext context;
    private final NamedFile target;
    private final FileMode mode;
    private final AnswerFile file;
    private Instant nextDue = Instant.MIN;

    FileSink(SinkContext context, NamedFile target, FileMode mode, AnswerFile file) {
        this.mode = mode;
        this.context = context;
        this.target = target;
        this.file = file;
    }

    @Override
    public void check(Answers answers) {
        context.checkFile(target);
        file.prepare();
        file.notes().forEach(context::note);
    }

    /**
     * Of a file that is to hold this run's records only, half of them would take the place of all:
     * it waits for {@link #complete}.
     */
    @Override
    public long deliver(Answers answers) {
        var begun = context.now();
        if (mode == FileMode.REPLACE || begun.isBefore(nextDue)) {
            return 0;
        }
        // One that cannot be written now is tried again after as long.
        nextDue = begun.plus(PAUSE_MIN);
        var rows = complete(answers);
        var ended = context.now();
        var pause = Duration.between(begun, ended).multipliedBy(PAUSES_PER_WRITE);
        nextDue = ended.plus(pause.compareTo(PAUSE_MIN) > 0 ? pause : PAUSE_MIN);
        return rows;
    }

    @Override
    public long complete(Answers answers) {
        var wanted = mode == FileMode.CURRENT ? answers : answers.ofThisRun();
        var rows = new long[1];
        AnswerRows counted =
                visitor -> {
                    rows[0] = 0;
                    wanted.each(row -> {
                        rows[0]++;
                        visitor.visit(row);
                    });
                };
        context.replaceFile(target, file.filling(counted, context::note));
        return rows[0];
    }

    @Override
    public void close() {}
}

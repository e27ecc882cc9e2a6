package dev.nightmail.pipeline.sink;

import java.time.Duration;
import java.time.Instant;

/**
 * Replaces one file whole; what it held before stays until then. While a run goes on it is written
 * now and then, so that the answers so far are there: a twentieth of the time goes into it at most.
 */
final class FileSink implements Sink {

    private static final int PAUSES_PER_WRITE = 20;

    private final SinkContext context;
    private final FilePlace place;
    private final FileMode mode;
    private final AnswerFile file;
    private Instant nextDue = Instant.MIN;

    FileSink(SinkContext context, FilePlace place, FileMode mode, AnswerFile file) {
        this.mode = mode;
        this.context = context;
        this.place = place;
        this.file = file;
    }

    @Override
    public void check(Answers answers) {
        place.check();
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
        nextDue = begun.plus(place.pauseMin());
        var rows = complete(answers);
        var ended = context.now();
        var pause = Duration.between(begun, ended).multipliedBy(PAUSES_PER_WRITE);
        nextDue = ended.plus(pause.compareTo(place.pauseMin()) > 0 ? pause : place.pauseMin());
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
        place.replace(file.filling(counted, context::note));
        return rows[0];
    }

    @Override
    public void close() {
        place.close();
    }
}

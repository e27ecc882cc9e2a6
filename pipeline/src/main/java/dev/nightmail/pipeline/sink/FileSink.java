package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.paths.NamedFile;

/** Replaces one file whole, once a run: what it held before stays until then. */
final class FileSink implements Sink {

    private final SinkContext context;
    private final NamedFile target;
    private final FileMode mode;
    private final AnswerFile file;

    FileSink(SinkContext context, NamedFile target, FileMode mode, AnswerFile file) {
        this.mode = mode;
        this.context = context;
        this.target = target;
        this.file = file;
    }

    @Override
    public void check(Answers answers) {
        context.checkFile(target);
        file.notes().forEach(context::note);
    }

    /** Half of the answers would take the place of all: it waits for {@link #complete}. */
    @Override
    public long deliver(Answers answers) {
        return 0;
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

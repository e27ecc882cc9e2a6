package dev.nightmail.pipeline;

import dev.nightmail.pipeline.sink.Answers;
import dev.nightmail.pipeline.sink.Sink;
import dev.nightmail.pipeline.sink.SinkContext;
import dev.nightmail.pipeline.sink.SinkDefinition;
import dev.nightmail.pipeline.sink.SinkException;
import java.io.IOException;
import java.nio.file.Path;

/** Answers that a program takes itself, all of them at the end of a run. */
final class AnswersInCode implements SinkDefinition {

    private final Path folder;
    private final AnswerHandler handler;

    /**
     * @param folder for the files beside the answers
     */
    AnswersInCode(Path folder, AnswerHandler handler) {
        this.folder = folder;
        this.handler = handler;
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public String place() {
        return "the program";
    }

    @Override
    public SinkDefinition sample() {
        return this;
    }

    @Override
    public Sink open(SinkContext context) {
        return new Handing();
    }

    private final class Handing implements Sink {
        @Override
        public void check(Answers answers) {}

        @Override
        public long deliver(Answers answers) {
            return 0;
        }

        @Override
        public long complete(Answers answers) {
            var handed = new long[1];
            try {
                answers.ofThisRun()
                        .each(row -> {
                            handler.on(row.recordId(), row.answer());
                            handed[0]++;
                        });
            } catch (IOException e) {
                throw new SinkException("the program did not take an answer: " + e.getMessage(), e);
            }
            return handed[0];
        }

        @Override
        public void close() {}
    }
}

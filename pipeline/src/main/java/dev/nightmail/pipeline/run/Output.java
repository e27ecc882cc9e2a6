package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.definition.SinkDefinition;
import dev.nightmail.pipeline.sink.AnswerFile;
import dev.nightmail.pipeline.sink.AnswerRows;
import dev.nightmail.pipeline.sink.JsonLines;
import dev.nightmail.pipeline.sink.WholeFile;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what a run leaves for people: answers, the records without one, and the report. All of it
 * from the state, so it can be written again at any time.
 */
final class Output {

    private final PipelineState state;
    private final ProgressListener listener;
    private final SinkDefinition sink;
    private final AnswerFile answers;
    private final OutputFiles files;

    /**
     * @param sink the pipeline's, or the one for a sample
     */
    Output(
            PipelineDefinition pipeline,
            SinkDefinition sink,
            PipelineState state,
            OutputFiles files,
            ProgressListener listener) {
        this.state = state;
        this.listener = listener;
        this.sink = sink;
        this.answers = new AnswerFile(sink, pipeline.output());
        this.files = files;
    }

    /** Before anything is paid for. */
    void check() {
        sink.files().forEach(files::check);
        answers.notes().forEach(this::note);
    }

    void write(Plan plan) {
        writeAnswers(plan);
        writeFailed(plan);
    }

    void writeReport(Report report) {
        var page = ReportPage.of(report).getBytes(StandardCharsets.UTF_8);
        files.replace(sink.report(), WholeFile.stream(out -> out.write(page)));
        listener.on(new RunEvent.FileWritten(sink.reportFile(), 1));
    }

    private void note(String text) {
        listener.on(new RunEvent.Noted(text));
    }

    private void writeAnswers(Plan plan) {
        var rows = new long[1];
        AnswerRows walk =
                visitor -> {
                    rows[0] = 0;
                    unwrapped(() ->
                            state.records()
                                    .eachAnswer(
                                            plan,
                                            (recordId, answer) -> {
                                                rows[0]++;
                                                wrapped(() -> visitor.visit(recordId, answer));
                                            }));
                };
        files.replace(sink.answers(), answers.filling(walk, this::note));
        listener.on(new RunEvent.FileWritten(sink.file(), rows[0]));
    }

    void writeFailed(Plan plan) {
        var target = sink.failed();
        if (state.records().counts(plan).setAside() == 0) {
            files.delete(target);
            return;
        }
        var rows = new long[1];
        files.replace(
                target, WholeFile.stream(out -> unwrapped(() -> rows[0] = writeFailed(plan, out))));
        listener.on(new RunEvent.FileWritten(target.path(), rows[0]));
    }

    private long writeFailed(Plan plan, OutputStream out) {
        var rows = new long[1];
        state.records()
                .eachFailure(
                        plan,
                        (recordId, customId, kind, message, answer, place) -> {
                            rows[0]++;
                            var line =
                                    JsonMapper.shared()
                                            .createObjectNode()
                                            .put("id", recordId)
                                            .put("custom_id", customId)
                                            .put("reason", kind)
                                            .put("message", message);
                            if (answer != null) {
                                line.put("answer", answer);
                            }
                            if (place != null) {
                                line.put("where", place);
                            }
                            wrapped(() -> out.write(JsonLines.line(line)));
                        });
        return rows[0];
    }

    private interface Writing {
        void write() throws IOException;
    }

    /**
     * The walk over the state knows nothing of files, so a file's failure passes through it
     * unchecked.
     */
    private static void wrapped(Writing writing) {
        try {
            writing.write();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void unwrapped(Runnable walk) throws IOException {
        try {
            walk.run();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}

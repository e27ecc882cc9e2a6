package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.sink.AnswerFile;
import dev.nightmail.pipeline.sink.WholeFile;
import dev.nightmail.pipeline.state.PipelineState;
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

    private final PipelineDefinition pipeline;
    private final PipelineState state;
    private final ProgressListener listener;

    Output(PipelineDefinition pipeline, PipelineState state, ProgressListener listener) {
        this.pipeline = pipeline;
        this.state = state;
        this.listener = listener;
    }

    /** Before anything is paid for. */
    void check() {
        WholeFile.check("sink.file", pipeline.sink().file());
        WholeFile.check("sink.failed", pipeline.sink().failedFile());
        WholeFile.check("sink.report", pipeline.sink().reportFile());
    }

    void write(Planner.Planned planned) {
        writeAnswers(planned);
        writeFailed(planned);
    }

    void writeReport(Report report) {
        var page = ReportPage.of(report).getBytes(StandardCharsets.UTF_8);
        WholeFile.write(pipeline.sink().reportFile(), out -> out.write(page));
        listener.on(new RunEvent.FileWritten(pipeline.sink().reportFile(), 1));
    }

    private void writeAnswers(Planner.Planned planned) {
        var rows = new long[1];
        AnswerFile.write(
                pipeline,
                visitor -> {
                    rows[0] = 0;
                    unwrapped(() ->
                            state.records()
                                    .eachAnswer(
                                            planned.plan(),
                                            planned.cutShort(),
                                            (recordId, answer) -> {
                                                rows[0]++;
                                                wrapped(() -> visitor.visit(recordId, answer));
                                            }));
                });
        listener.on(new RunEvent.FileWritten(pipeline.sink().file(), rows[0]));
    }

    private void writeFailed(Planner.Planned planned) {
        var target = pipeline.sink().failedFile();
        var rows = new long[1];
        WholeFile.write(target, out -> unwrapped(() -> rows[0] = writeFailed(planned, out)));
        if (rows[0] == 0) {
            WholeFile.delete(target);
            return;
        }
        listener.on(new RunEvent.FileWritten(target, rows[0]));
    }

    private long writeFailed(Planner.Planned planned, OutputStream out) {
        var json = JsonMapper.shared();
        var rows = new long[1];
        state.records()
                .eachFailure(
                        planned.plan(),
                        planned.cutShort(),
                        (recordId, customId, kind, message, answer) -> {
                            rows[0]++;
                            var line =
                                    json.createObjectNode()
                                            .put("id", recordId)
                                            .put("custom_id", customId)
                                            .put("reason", kind)
                                            .put("message", message);
                            if (answer != null) {
                                line.put("answer", answer);
                            }
                            wrapped(() -> {
                                out.write(json.writeValueAsBytes(line));
                                out.write('\n');
                            });
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

package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.definition.OutputPlaces;
import dev.nightmail.pipeline.run.OpenSinks.OpenSink;
import dev.nightmail.pipeline.sink.FileMode;
import dev.nightmail.pipeline.sink.FileSinkDefinition;
import dev.nightmail.pipeline.sink.JsonLines;
import dev.nightmail.pipeline.sink.ReaderGoneException;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.sink.WholeFile;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what a run leaves for people: answers, the records without one, and the report. All of it
 * from the state, so it can be written again at any time.
 */
final class Output {

    /** Another number has all files written anew: what the same answers look like has changed. */
    private static final String FILE_LAYOUT = "1";

    private final PipelineState state;
    private final ProgressListener listener;
    private final OutputPlaces places;
    private final OpenSinks sinks;
    private final OutputFiles files;
    private String toldFailure = "";
    private BitSet givenAgain = new BitSet();

    /**
     * @param places the pipeline's, or those for a sample
     * @param sinks those of these places
     */
    Output(
            OutputPlaces places,
            OpenSinks sinks,
            PipelineState state,
            OutputFiles files,
            ProgressListener listener) {
        this.state = state;
        this.listener = listener;
        this.places = places;
        this.sinks = sinks;
        this.files = files;
    }

    /**
     * The source was read.
     *
     * @param records numbers of those that were answered before
     */
    void givenAgain(BitSet records) {
        givenAgain = records;
    }

    /** Before anything is paid for. */
    void check() throws InterruptedException {
        var answers = new StateAnswers(state, false);
        // A table is made where it is missing: not before it is known that the others can be
        // written.
        sinks.eachFile(open -> open.sink().check(answers));
        files.check(places.failed());
        files.check(places.report());
        sinks.eachOther(open -> open.sink().check(answers));
    }

    /**
     * Delivers what is new to sinks that grow while the run goes on. One that cannot be written now
     * is written later: the answers are in the state.
     *
     * @throws ReaderGoneException if nobody wants to have them any more
     */
    void deliver() throws InterruptedException {
        var answers = new StateAnswers(state, true);
        try {
            sinks.each(open -> deliver(open, answers));
            toldFailure = "";
        } catch (ReaderGoneException e) {
            throw e;
        } catch (SinkException e) {
            // It may be so after every batch: once is enough to hear of it.
            var failure = messages(e);
            if (!failure.equals(toldFailure)) {
                toldFailure = failure;
                listener.on(
                        new RunEvent.Noted(failure + ". The run goes on, and writes them later"));
            }
        }
    }

    private void deliver(OpenSink open, StateAnswers answers) throws InterruptedException {
        told(open, open.sink().deliver(answers));
    }

    /** Of all sinks that failed. */
    private static String messages(SinkException first) {
        return Stream.concat(Stream.of(first), Stream.of(first.getSuppressed()))
                .map(Throwable::getMessage)
                .collect(Collectors.joining("; "));
    }

    /**
     * What there is so far, when the run ends early: nobody is waited for.
     *
     * @param reason why it ends; what cannot be written is added to it
     * @return whether all of it is written
     */
    boolean writeBefore(Exception reason, Plan plan) {
        var answers = new StateAnswers(state, true);
        try {
            sinks.each(open -> {
                if (open.definition().definition().file().isPresent()) {
                    complete(open, plan, answers);
                } else {
                    deliver(open, answers);
                }
            });
            writeFailed(plan);
            return true;
        } catch (SinkException e) {
            reason.addSuppressed(e);
            listener.on(new RunEvent.Noted(messages(e)));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    void write(Plan plan) throws InterruptedException {
        var answers = new StateAnswers(state, true, givenAgain);
        sinks.each(open -> complete(open, plan, answers));
        writeFailed(plan);
    }

    void writeReport(Report report) {
        var page = ReportPage.of(report).getBytes(StandardCharsets.UTF_8);
        files.replace(places.report(), WholeFile.stream(out -> out.write(page)));
        listener.on(new RunEvent.FileWritten(places.reportFile(), 1));
    }

    private void complete(OpenSink open, Plan plan, StateAnswers answers)
            throws InterruptedException {
        var contents = contents(open, plan);
        var file = open.definition().definition().file();
        if (contents.isPresent() && files.holds(file.orElseThrow(), contents.get())) {
            return;
        }
        var rows = open.sink().complete(answers);
        file.ifPresentOrElse(
                written -> {
                    contents.ifPresent(noted -> files.noteContents(written, noted));
                    listener.on(new RunEvent.FileWritten(written.path(), rows));
                },
                () -> told(open, rows));
    }

    /**
     * Names all that a file is made from, so that one that has it already need not be written anew;
     * empty for a sink that is not such a file.
     */
    private Optional<String> contents(OpenSink open, Plan plan) {
        if (!(open.definition().definition() instanceof FileSinkDefinition file)
                || file.mode() == FileMode.APPEND) {
            return Optional.empty();
        }
        var ofRun = file.mode() == FileMode.REPLACE ? plan.number() : 0;
        return Optional.of(
                String.join(
                        "\n",
                        FILE_LAYOUT,
                        String.valueOf(state.rowsRevision()),
                        String.valueOf(ofRun),
                        file.toString(),
                        open.shape().toString()));
    }

    private void told(OpenSink open, long rows) {
        if (rows > 0) {
            listener.on(
                    new RunEvent.AnswersDelivered(open.definition().definition().place(), rows));
        }
    }

    void writeFailed(Plan plan) {
        var target = places.failed();
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

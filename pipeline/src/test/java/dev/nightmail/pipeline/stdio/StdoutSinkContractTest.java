package dev.nightmail.pipeline.stdio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.sink.Formulas;
import dev.nightmail.pipeline.sink.ReaderGoneException;
import dev.nightmail.pipeline.sink.Sink;
import dev.nightmail.pipeline.sink.SinkContract;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.stdio.StdoutSinkProvider.Format;
import dev.nightmail.pipeline.stdio.StdoutSinkProvider.StandardOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Standard output keeps the contract of all sinks, and some promises of its own. */
class StdoutSinkContractTest extends SinkContract {

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Override
    protected Sink open() {
        return open(Format.JSONL);
    }

    private Sink open(Format format) {
        context.output(output);
        return new StandardOutput(format, Formulas.ESCAPE, Path.of("")).open(context);
    }

    /** What all processes wrote into one place: the last row of an id counts. */
    @Override
    protected Map<String, String> delivered() {
        return labels(output.toString(UTF_8).lines().toList());
    }

    @Test
    void oneProcessWritesEveryAnswerOnce() throws Exception {
        answers.add("a", "{\"label\": \"good\"}");
        try (var sink = open()) {
            sink.check(answers);
            sink.deliver(answers);
            answers.add("b", "{\"label\": \"bad\"}");
            sink.deliver(answers);
            sink.deliver(answers);
            sink.complete(answers);
        }

        assertThat(output.toString(UTF_8))
                .isEqualTo("{\"id\":\"a\",\"label\":\"good\"}\n{\"id\":\"b\",\"label\":\"bad\"}\n");
    }

    @Test
    void theNextProcessWritesThoseOfBeforeAgain() throws Exception {
        answers.add("a", "{\"label\": \"good\"}");
        run(true);

        var rows = run(true);

        assertThat(rows).isEqualTo(1);
        assertThat(output.toString(UTF_8).lines()).hasSize(2);
        assertThat(delivered()).containsOnlyKeys("a");
    }

    @Test
    void commaSeparatedValuesHaveOneHeader() throws Exception {
        try (var sink = open(Format.CSV)) {
            answers.add("a", "{\"label\": \"=1+1\", \"score\": 1}");
            sink.deliver(answers);
            answers.add("b", "{\"label\": \"bad\", \"score\": 2}");
            sink.complete(answers);
        }

        assertThat(output.toString(UTF_8)).isEqualTo("id,label,score\r\na,'=1+1,1\r\nb,bad,2\r\n");
    }

    @Test
    void aReaderThatGoesWhileBatchesAreOutStopsTheRun() throws Exception {
        context.output(failing("Broken pipe"));
        answers.add("a", "{\"label\": \"good\"}");

        try (var sink =
                new StandardOutput(Format.JSONL, Formulas.ESCAPE, Path.of("")).open(context)) {
            assertThatThrownBy(() -> sink.deliver(answers))
                    .isInstanceOf(ReaderGoneException.class)
                    .hasMessageStartingWith("sink.stdout: nobody reads standard output any more");
        }
    }

    @Test
    void aReaderThatGoesAtTheEndIsNoFailure() throws Exception {
        context.output(failing("Broken pipe"));
        answers.add("a", "{\"label\": \"good\"}");

        try (var sink =
                new StandardOutput(Format.JSONL, Formulas.ESCAPE, Path.of("")).open(context)) {
            assertThat(sink.complete(answers)).isZero();
        }

        assertThat(context.notes()).singleElement().asString().contains("nobody reads");
    }

    @Test
    void aFullDiskIsToldAndNothingIsWrittenBehindTheGap() throws Exception {
        var full = failing("No space left on device");
        context.output(full);
        answers.add("a", "{\"label\": \"good\"}");

        try (var sink =
                new StandardOutput(Format.JSONL, Formulas.ESCAPE, Path.of("")).open(context)) {
            assertThatThrownBy(() -> sink.deliver(answers))
                    .isExactlyInstanceOf(SinkException.class)
                    .hasMessage(
                            "sink.stdout: cannot write to standard output: No space left on device. No answer is lost: run it again once that is mended");
            assertThatThrownBy(() -> sink.complete(answers)).isInstanceOf(SinkException.class);
        }

        assertThat(full.writes).isEqualTo(1);
    }

    private static Failing failing(String message) {
        return new Failing(message);
    }

    private static final class Failing extends OutputStream {
        private final String message;
        private int writes;

        Failing(String message) {
            this.message = message;
        }

        @Override
        public void write(int value) throws IOException {
            writes++;
            throw new IOException(message);
        }
    }
}

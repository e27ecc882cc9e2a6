package dev.nightmail.pipeline.stdio;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.pipeline.source.RecordCursor;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceContract;
import dev.nightmail.pipeline.stdio.StdinSourceProvider.StandardInput;
import dev.nightmail.pipeline.streams.StandardStreams;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** Standard input keeps the contract of all sources, if each run is piped the same. */
class StdinContractTest {

    abstract static class Piped extends SourceContract {

        private final StdinFormat format;
        private final StringBuilder input = new StringBuilder();

        Piped(StdinFormat format, String header) {
            this.format = format;
            input.append(header);
        }

        abstract String row(String id);

        @Override
        protected RecordSource source(List<String> ids) {
            ids.forEach(this::grown);
            return source();
        }

        @Override
        protected RecordSource grown(String id) {
            input.append(row(id));
            return source();
        }

        /** A process reads it once; the next one is given it again. */
        private RecordSource source() {
            return new RecordSource() {
                @Override
                public RecordCursor open(@Nullable String position) {
                    return new StdinSource(
                                    new StandardInput(format, "id", UTF_8),
                                    new StandardStreams(
                                            new ByteArrayInputStream(
                                                    input.toString().getBytes(UTF_8)),
                                            false,
                                            OutputStream.nullOutputStream()))
                            .open(position);
                }
            };
        }
    }

    @Nested
    class JsonLines extends Piped {
        JsonLines() {
            super(StdinFormat.JSONL, "");
        }

        @Override
        String row(String id) {
            return "{\"id\": \"%s\", \"text\": \"text of %s\"}\n".formatted(id, id);
        }
    }

    @Nested
    class CommaSeparated extends Piped {
        CommaSeparated() {
            super(StdinFormat.CSV, "id,text\n");
        }

        @Override
        String row(String id) {
            return id + ",text of " + id + "\n";
        }
    }

    @Nested
    class Lines extends Piped {
        Lines() {
            super(StdinFormat.LINES, "");
        }

        @Override
        String row(String id) {
            return "text of " + id + "\n";
        }
    }
}

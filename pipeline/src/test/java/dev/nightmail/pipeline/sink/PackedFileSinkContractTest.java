package dev.nightmail.pipeline.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.pipeline.streams.Gzip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A packed file keeps the contract of all sinks. */
@SuppressWarnings("NullAway.Init")
class PackedFileSinkContractTest extends SinkContract {

    @TempDir Path folder;

    @Override
    protected Sink open() {
        return new FileSinkDefinition(
                        folder.resolve("results.jsonl.gz"), SinkFormat.JSONL, Formulas.ESCAPE)
                .open(context);
    }

    @Override
    protected Map<String, String> delivered() throws IOException {
        return labels(unpacked("results.jsonl.gz").lines().toList());
    }

    @Test
    void aTableForSpreadsheetsBeginsWithAMark() throws Exception {
        answers.add("a", "{\"label\": \"caf\u00e9\", \"score\": 1}");

        try (var sink =
                new FileSinkDefinition(
                                folder.resolve("results.csv.gz"),
                                SinkFormat.CSV,
                                Formulas.ESCAPE,
                                true,
                                FileMode.CURRENT)
                        .open(context)) {
            sink.complete(answers);
        }

        assertThat(unpacked("results.csv.gz"))
                .isEqualTo("\uFEFFid,label,score\r\na,caf\u00e9,1\r\n");
    }

    @Test
    void aSampleIsPackedToo() {
        assertThat(FileSinkDefinition.sampleOf(Path.of("out", "results.csv.gz")))
                .isEqualTo(Path.of("out", "results.sample.csv.gz"));
    }

    private String unpacked(String name) throws IOException {
        try (var in = Gzip.open(folder.resolve(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

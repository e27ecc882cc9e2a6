package dev.nightmail.pipeline.sink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** A file keeps the contract of all sinks. */
@SuppressWarnings("NullAway.Init")
class FileSinkContractTest extends SinkContract {

    @TempDir Path folder;

    @Override
    protected Sink open() {
        return new FileSinkDefinition(
                        folder.resolve("results.jsonl"), SinkFormat.JSONL, Formulas.ESCAPE)
                .open(context);
    }

    @Override
    protected Map<String, String> delivered() throws IOException {
        return labels(Files.readAllLines(folder.resolve("results.jsonl")));
    }
}

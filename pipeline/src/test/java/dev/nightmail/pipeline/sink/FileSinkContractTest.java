package dev.nightmail.pipeline.sink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

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
        var labels = new LinkedHashMap<String, String>();
        for (var line : Files.readAllLines(folder.resolve("results.jsonl"))) {
            var row = JsonMapper.shared().readTree(line);
            labels.put(row.path("id").asString(), row.path("label").asString(""));
        }
        return labels;
    }
}

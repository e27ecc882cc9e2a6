package dev.nightmail.pipeline;

import dev.nightmail.pipeline.source.SourceRecord;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The code in docs/library.md, between the marks. */
final class LibraryExample {

    private LibraryExample() {}

    static Map<String, String> run(Path folder, URI server, String apiKey)
            throws InterruptedException {
        // docs/library.md begins
        var answers = new TreeMap<String, String>();
        var pipeline =
                Pipeline.builder(folder, "reviews")
                        .records(
                                List.of(
                                        SourceRecord.of("r1", Map.of("text", "Boils in a minute")),
                                        SourceRecord.of("r2", Map.of("text", "The lid broke"))))
                        .model("claude-haiku-4-5")
                        .maxTokens(200)
                        .system("You sort reviews of a kettle.")
                        .prompt("{{text}}")
                        .schema("{\"type\": \"object\", \"required\": [\"sentiment\"]}")
                        .budgetUsd(new BigDecimal("5.00"))
                        .answers(answers::put)
                        .build()
                        .withEndpoint(server)
                        .withApiKey(apiKey);
        System.out.println(pipeline.estimate().costMicros());
        var summary = pipeline.run(System.out::println);
        System.out.println(summary.answered() + " answered, " + summary.failedRecords() + " not");
        // docs/library.md ends
        return answers;
    }
}

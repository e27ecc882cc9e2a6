package dev.nightmail.pipeline.definition;

import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON Schema (draft 2020-12) of pipeline files, made from the keys that read them.
 *
 * <p>It says what one value can say. What takes two values, a file or a bound on a length of time
 * to judge is left to the reader of the file.
 */
public final class PipelineSchema {

    private static final JsonMapper JSON = JsonMapper.shared();

    private PipelineSchema() {}

    /** The schema as text, with a line feed at its end. */
    public static String text() {
        var schema = JSON.createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Nightmail pipeline");
        schema.put(
                "description",
                "Takes records, asks a model about each of them through a batch API, and writes the answers.");
        new PipelineKeys().all().describe(schema, true);
        var printer =
                new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
        return JSON.writer().with(printer).writeValueAsString(schema) + "\n";
    }
}

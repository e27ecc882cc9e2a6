package dev.nightmail.cli.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.cli.CommandLineSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class SchemaCommandTest {

    @TempDir Path folder;

    @Test
    void theSchemaInTheDocsIsTheOneTheCommandPrints() throws IOException {
        var session = new CommandLineSession(folder);

        assertThat(session.run("schema", "pipeline")).isZero();

        assertThat(session.err()).isEmpty();
        assertThat(session.out())
                .as("./nightmail schema pipeline > docs/pipeline.schema.json makes it so")
                .isEqualTo(Files.readString(Path.of("../docs/pipeline.schema.json")));
    }

    @Test
    void withoutAKindOfFileItNamesThem() {
        var session = new CommandLineSession(folder);

        assertThat(session.run("schema")).isEqualTo(2);
        assertThat(session.err()).startsWith("nightmail schema: say what to do: pipeline");
    }
}

package dev.nightmail.pipeline;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.pipeline.testing.FakeBatches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in the docs is this code, and it works. */
class LibraryExampleTest {

    private static final Path CODE =
            Path.of("src/test/java/dev/nightmail/pipeline/LibraryExample.java");
    private static final Path PAGE = Path.of("../docs/library.md");

    @TempDir private Path folder;

    @Test
    void theExampleAsksAboutEachRecordAndHandsOverTheAnswers() throws Exception {
        try (var server = new FakeBatches()) {
            server.answering((_, _, _) -> FakeBatches.message("{\"sentiment\": \"positive\"}"));

            var answers = LibraryExample.run(folder, server.uri(), "key");

            assertThat(answers)
                    .containsOnlyKeys("r1", "r2")
                    .containsEntry("r2", "{\"sentiment\":\"positive\"}");
        }
    }

    @Test
    void thePageShowsTheCodeThatIsTested() throws IOException {
        var shown = shown();

        assertThat(Files.readString(PAGE)).contains("```java\n" + shown + "\n```");
        assertThat(shown.lines().count()).isLessThanOrEqualTo(25);
    }

    private static String shown() throws IOException {
        return Files.readAllLines(CODE).stream()
                .dropWhile(line -> !line.endsWith("// docs/library.md begins"))
                .skip(1)
                .takeWhile(line -> !line.endsWith("// docs/library.md ends"))
                .collect(joining("\n"))
                .stripIndent();
    }
}

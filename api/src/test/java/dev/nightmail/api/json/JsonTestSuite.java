package dev.nightmail.api.json;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of JSONTestSuite, from the folder that the system property {@code
 * nightmail.json-test-suite} names, or from beside the source tree.
 */
public final class JsonTestSuite {

    private static final List<String> USUAL_PLACES =
            List.of("../shared/data/json-test-suite", "../../shared/data/json-test-suite");

    private JsonTestSuite() {}

    /** Its files in order; skips the test that asks if there are none here. */
    public static List<Path> files() throws IOException {
        for (var place : places()) {
            var folder = Path.of(place, "test_parsing");
            if (Files.isDirectory(folder)) {
                try (var files = Files.list(folder)) {
                    return files.sorted().toList();
                }
            }
        }
        assumeTrue(false, "JSONTestSuite is not here; set -Dnightmail.json-test-suite=FOLDER");
        return List.of();
    }

    private static List<String> places() {
        var configured = System.getProperty("nightmail.json-test-suite");
        return configured == null ? USUAL_PLACES : List.of(configured);
    }
}

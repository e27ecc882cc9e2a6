package dev.nightmail.app.corpora;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * The corpora, which lie beside the source tree or where the system property {@code
 * nightmail.corpora} says: JSONTestSuite's files in {@code json-test-suite/test_parsing}, the big
 * list of naughty strings in {@code blns.json}. A test that asks for what is not there is skipped.
 */
final class Corpora {

    private static final String PROPERTY = "nightmail.corpora";
    private static final List<String> USUAL_PLACES = List.of("../shared/data", "../../shared/data");

    private Corpora() {}

    /** JSONTestSuite's files whose names begin so: y_ is JSON, n_ is not, i_ is left open. */
    static List<Path> jsonFiles(String prefix) throws IOException {
        var folder = find("json-test-suite/test_parsing");
        assumeTrue(folder.isPresent(), missing("JSONTestSuite"));
        try (var files = Files.list(folder.orElseThrow())) {
            return files.filter(file -> name(file).startsWith(prefix)).sorted().toList();
        }
    }

    static String name(Path file) {
        return file.getFileName().toString();
    }

    /** The naughty strings, each once, in their order. */
    static List<String> naughtyStrings() throws IOException {
        var file = find("blns.json");
        assumeTrue(file.isPresent(), missing("the big list of naughty strings"));
        return JsonMapper.shared()
                .readTree(Files.readAllBytes(file.orElseThrow()))
                .values()
                .stream()
                .map(node -> node.asString())
                .distinct()
                .toList();
    }

    private static Optional<Path> find(String name) {
        var configured = System.getProperty(PROPERTY);
        var places = configured == null ? USUAL_PLACES.stream() : Stream.of(configured);
        return places.map(place -> Path.of(place, name)).filter(Files::exists).findFirst();
    }

    private static String missing(String corpus) {
        return corpus + " is not here; set -D" + PROPERTY + "=FOLDER";
    }
}

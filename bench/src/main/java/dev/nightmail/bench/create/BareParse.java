package dev.nightmail.bench.create;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reading JSON and doing nothing with it: no server can do less. */
final class BareParse {

    private static final JsonFactory JSON = new JsonFactory();

    private BareParse() {}

    /**
     * @return how many tokens the file holds
     */
    static long tokens(Path file) throws IOException {
        long tokens = 0;
        try (var in = Files.newInputStream(file);
                var json = JSON.createParser(ObjectReadContext.empty(), in)) {
            while (json.nextToken() != null) {
                tokens++;
            }
        }
        return tokens;
    }
}

package dev.nightmail.cli.batches;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Requests as another tool wrote them: the body of a create call, an array, or indented. */
final class JsonDocument {

    private static final JsonFactory JSON = new JsonFactory();

    private JsonDocument() {}

    /**
     * What jq needs to make a request a line of such a file.
     *
     * @return empty if it is no such file, but has lines that are wrong
     */
    static Optional<String> filter(Path file) throws IOException {
        try (var in = Files.newInputStream(file);
                var parser = JSON.createParser(ObjectReadContext.empty(), in)) {
            return Optional.ofNullable(filter(parser));
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private static @Nullable String filter(JsonParser parser) {
        String filter = null;
        var goesOverLines = false;
        long values = 0;
        for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
            values++;
            int line = parser.currentTokenLocation().getLineNr();
            switch (token) {
                case START_ARRAY -> {
                    filter = ".[]";
                    parser.skipChildren();
                }
                case START_OBJECT -> filter = hasRequests(parser) ? ".requests[]" : filter;
                default -> {
                    return null;
                }
            }
            goesOverLines |= parser.currentTokenLocation().getLineNr() > line;
        }
        if (filter != null) {
            return values == 1 ? filter : null;
        }
        return goesOverLines ? "." : null;
    }

    /** Reads to the end of the object. */
    private static boolean hasRequests(JsonParser parser) {
        var found = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var isRequests = parser.currentName().equals("requests");
            found |= parser.nextToken() == JsonToken.START_ARRAY && isRequests;
            parser.skipChildren();
        }
        return found;
    }
}

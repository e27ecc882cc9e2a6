package dev.nightmail.cli.batches;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A checked line of a request file in the form that the create call takes. */
final class RequestLine {

    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] BODY = {'b', 'o', 'd', 'y'};

    private RequestLine() {}

    /**
     * The line as it is, or, where it is of the form with {@code method}, {@code url} and {@code
     * body}, its id and the very bytes of its body as {@code params}.
     *
     * @param line that {@link RequestCheck} has found nothing wrong with
     */
    static byte[] inOurForm(byte[] line) {
        if (!mentionsBody(line)) {
            return line;
        }
        try (var parser = JSON.createParser(ObjectReadContext.empty(), line)) {
            return rewritten(line, parser);
        } catch (IOException e) {
            throw new UncheckedIOException("memory refused to be written", e);
        }
    }

    private static boolean mentionsBody(byte[] line) {
        for (int at = 0; at + BODY.length + 2 <= line.length; at++) {
            if (line[at] == '"' && line[at + BODY.length + 1] == '"') {
                int i = 0;
                while (i < BODY.length && line[at + 1 + i] == BODY[i]) {
                    i++;
                }
                if (i == BODY.length) {
                    return true;
                }
            }
        }
        return false;
    }

    private static byte[] rewritten(byte[] line, JsonParser parser) throws IOException {
        byte[] customId = {};
        byte[] params = {};
        parser.nextToken();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = parser.currentName();
            parser.nextToken();
            int from = (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            // A string is read when somebody asks for it; its end is known only then.
            parser.finishToken();
            int to = (int) parser.currentLocation().getByteOffset();
            if (name.equals("params")) {
                return line;
            } else if (name.equals("custom_id")) {
                customId = Arrays.copyOfRange(line, from, to);
            } else if (name.equals("body")) {
                params = Arrays.copyOfRange(line, from, to);
            }
        }
        var out = new ByteArrayOutputStream(line.length);
        out.write("{\"custom_id\":".getBytes(US_ASCII));
        out.write(customId);
        out.write(",\"params\":".getBytes(US_ASCII));
        out.write(params);
        out.write('}');
        return out.toByteArray();
    }
}

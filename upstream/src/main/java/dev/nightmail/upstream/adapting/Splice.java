package dev.nightmail.upstream.adapting;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import java.io.ByteArrayOutputStream;
import java.util.List;
import tools.jackson.core.JsonParser;

/**
 * Some bytes of a body replaced by others.
 *
 * @param start of what is replaced
 * @param end behind it; the start, if something is only put in
 */
record Splice(int start, int end, String replacement) {

    /** Where the current value begins. */
    static int start(JsonParser json) {
        return Math.toIntExact(json.currentTokenLocation().getByteOffset());
    }

    /** Where it ends; takes the parser behind it. */
    static int end(JsonParser json) {
        json.skipChildren();
        if (json.currentToken().isScalarValue()) {
            // A string is read only when it is asked for.
            var _ = json.getString();
        }
        return Math.toIntExact(json.currentLocation().getByteOffset());
    }

    /**
     * @param splices in order, none over another
     */
    static JsonBytes apply(JsonBytes body, List<Splice> splices) {
        if (splices.isEmpty()) {
            return body;
        }
        var spliced = new ByteArrayOutputStream(body.length() + 128);
        int from = 0;
        for (var splice : splices) {
            spliced.write(body.array(), from, splice.start() - from);
            spliced.writeBytes(splice.replacement().getBytes(UTF_8));
            from = splice.end();
        }
        spliced.write(body.array(), from, body.length() - from);
        return JsonBytes.of(spliced.toByteArray());
    }
}

package dev.nightmail.simulation.reader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.simulation.turn.Violation;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code batch.json}, a field at a time. */
public final class StoredRecord {

    private final String text;

    public StoredRecord(byte[] bytes) {
        this.text = new String(bytes, UTF_8);
    }

    public @Nullable String text(String field) {
        var found =
                Pattern.compile("\"" + field + "\"\\s*:\\s*(null|\"([^\"]*)\"|(\\d+))")
                        .matcher(text);
        if (!found.find()) {
            throw new Violation("batch.json has no " + field + ": " + text);
        }
        return found.group(2) == null ? found.group(3) : found.group(2);
    }

    public String require(String field) {
        var value = text(field);
        if (value == null) {
            throw new Violation("batch.json has null for " + field + ": " + text);
        }
        return value;
    }

    public int number(String field) {
        return Integer.parseInt(require(field));
    }

    public Instant time(String field) {
        return Instant.parse(require(field));
    }
}

package dev.nightmail.upstream.anthropic;

import dev.nightmail.upstream.json.StrictJson;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Which request a refused create names. Validators say where the fault is before they say what it
 * is: {@code requests.17.params.model: Field required} (wire contract, section 1.5). Only how the
 * message begins counts: what follows may repeat what a client wrote.
 */
final class FaultyRequests {

    private static final Pattern NAMED =
            Pattern.compile("requests(?:\\.|\\[)(\\d{1,9})(?=[.\\]:\\s])");

    private FaultyRequests() {}

    /** Empty if it names none. */
    static Set<Integer> in(byte[] error) {
        return message(error)
                .map(NAMED::matcher)
                .filter(named -> named.lookingAt())
                .map(named -> Set.of(Integer.parseInt(named.group(1))))
                .orElse(Set.of());
    }

    private static Optional<String> message(byte[] error) {
        try (var json = StrictJson.parser(error)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            String message = null;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean isError = json.currentName().equals("error");
                if (json.nextToken() == JsonToken.START_OBJECT && isError) {
                    message = messageOf(json);
                } else {
                    json.skipChildren();
                }
            }
            return Optional.ofNullable(message);
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private static @Nullable String messageOf(JsonParser json) {
        String message = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean isMessage = json.currentName().equals("message");
            if (json.nextToken() == JsonToken.VALUE_STRING && isMessage) {
                message = json.getString();
            }
            json.skipChildren();
        }
        return message;
    }
}

package dev.nightmail.upstream.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.json.StrictJson;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a Message for what we act on, in one pass over its bytes, and marks its usage as that of a
 * batch. Everything else keeps the bytes it came with.
 */
public final class MessageReading {

    private static final byte[] BATCH = "\"batch\"".getBytes(US_ASCII);
    private static final byte[] BATCH_PROPERTY = ",\"service_tier\":\"batch\"".getBytes(US_ASCII);

    private boolean message;
    private boolean usageSeen;
    private long input = -1;
    private long output = -1;
    private long cacheCreation;
    private long cacheCreation5m;
    private long cacheCreation1h;
    private long cacheRead;
    private ServiceTier tier = ServiceTier.STANDARD;
    private boolean inUsOnly;

    /** Where the value of {@code usage.service_tier} stands; -1 if there is none. */
    private int tierStart = -1;

    private int tierEnd = -1;

    /** Where the usage object's closing brace stands. */
    private int usageEnd = -1;

    private MessageReading() {}

    /**
     * @param line the Message on one line, its {@code usage.service_tier} being {@code "batch"}
     * @param tier what {@code usage.service_tier} was before; standard if the service did not say
     *     or said what we do not know, which understates nothing we know of
     * @param inUsOnly whether {@code usage.inference_geo} was {@code us}
     */
    public record Read(JsonBytes line, Usage usage, ServiceTier tier, boolean inUsOnly) {}

    /**
     * @param body what the service answered; flattened in place
     * @return empty if it is not valid JSON, not a Message, or does not say what it used
     */
    public static Optional<Read> forBatch(byte[] body) {
        var reading = new MessageReading();
        try (var json = StrictJson.parser(body)) {
            if (!reading.readMessage(json)) {
                return Optional.empty();
            }
        } catch (JacksonException _) {
            return Optional.empty();
        }
        return Optional.of(
                new Read(
                        JsonBytes.flatten(reading.marked(body)),
                        reading.usage(),
                        reading.tier,
                        reading.inUsOnly));
    }

    private boolean readMessage(JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            if (name.equals("type")) {
                message = value == JsonToken.VALUE_STRING && json.getString().equals("message");
            } else if (name.equals("usage") && value == JsonToken.START_OBJECT) {
                if (usageSeen) {
                    // Which of the two is meant nobody can say.
                    return false;
                }
                usageSeen = true;
                readUsage(json);
            } else {
                json.skipChildren();
            }
        }
        return json.nextToken() == null && message && input >= 0 && output >= 0;
    }

    private void readUsage(JsonParser json) {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "input_tokens" -> input = count(json, value, -1);
                case "output_tokens" -> output = count(json, value, -1);
                case "cache_creation_input_tokens" -> cacheCreation = count(json, value, 0);
                case "cache_read_input_tokens" -> cacheRead = count(json, value, 0);
                case "cache_creation" -> {
                    if (value == JsonToken.START_OBJECT) {
                        readCacheCreation(json);
                    }
                }
                case "service_tier" -> {
                    tierStart = offset(json.currentTokenLocation().getByteOffset());
                    if (value == JsonToken.VALUE_STRING) {
                        // Reading also takes the parser behind it.
                        tier = tier(json.getString());
                    }
                    json.skipChildren();
                    tierEnd = offset(json.currentLocation().getByteOffset());
                }
                case "inference_geo" -> {
                    inUsOnly = value == JsonToken.VALUE_STRING && json.getString().equals("us");
                    json.skipChildren();
                }
                default -> json.skipChildren();
            }
        }
        usageEnd = offset(json.currentTokenLocation().getByteOffset());
    }

    private void readCacheCreation(JsonParser json) {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "ephemeral_5m_input_tokens" -> cacheCreation5m = count(json, value, 0);
                case "ephemeral_1h_input_tokens" -> cacheCreation1h = count(json, value, 0);
                default -> json.skipChildren();
            }
        }
    }

    private static long count(JsonParser json, JsonToken value, long otherwise) {
        if (value == JsonToken.VALUE_NUMBER_INT) {
            long count = json.getLongValue();
            return count < 0 ? otherwise : count;
        }
        json.skipChildren();
        return otherwise;
    }

    private static int offset(long byteOffset) {
        return Math.toIntExact(byteOffset);
    }

    private static ServiceTier tier(String name) {
        return switch (name) {
            case "batch" -> ServiceTier.BATCH;
            case "priority" -> ServiceTier.PRIORITY;
            default -> ServiceTier.STANDARD;
        };
    }

    private Usage usage() {
        return Usage.told(
                input, output, cacheCreation, cacheCreation5m, cacheCreation1h, cacheRead);
    }

    private byte[] marked(byte[] body) {
        return tierStart >= 0
                ? splice(body, tierStart, tierEnd, BATCH)
                : splice(body, usageEnd, usageEnd, BATCH_PROPERTY);
    }

    /** The bytes with those from start to end (exclusive) replaced. */
    private static byte[] splice(byte[] bytes, int start, int end, byte[] replacement) {
        var spliced = new byte[bytes.length - (end - start) + replacement.length];
        System.arraycopy(bytes, 0, spliced, 0, start);
        System.arraycopy(replacement, 0, spliced, start, replacement.length);
        System.arraycopy(bytes, end, spliced, start + replacement.length, bytes.length - end);
        return spliced;
    }
}

package dev.nightmail.upstream.wire;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.json.WholeNumber;
import dev.nightmail.wire.json.StrictJson;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a Message for what we act on, in one pass over its bytes, and marks its usage as that of a
 * batch. What no official client could read is put right: a usage that is missing or has figures
 * that are none, {@code 11.0} where 11 is meant, a content that is no list of blocks. Everything
 * else keeps the bytes it came with.
 */
public final class MessageReading {

    private static final String BATCH = "\"batch\"";
    private static final String BATCH_PROPERTY = "\"service_tier\":\"batch\"";
    private static final String UNREPORTED_USAGE =
            "{\"input_tokens\":0,\"output_tokens\":0," + BATCH_PROPERTY + "}";

    private final Edits edits = new Edits();
    private boolean message;
    private boolean contentSeen;
    private boolean usageSeen;
    private long input = -1;
    private long output = -1;
    private long cacheCreation;
    private long cacheCreation5m;
    private long cacheCreation1h;
    private long cacheRead;
    private ServiceTier tier = ServiceTier.STANDARD;
    private boolean tierSeen;
    private boolean inUsOnly;

    private MessageReading() {}

    /**
     * @param line the Message on one line, its {@code usage.service_tier} being {@code "batch"}
     * @param usage zero as far as the service did not say
     * @param tier what {@code usage.service_tier} was before; standard if the service did not say
     *     or said what we do not know, which understates nothing we know of; unreported if it did
     *     not say how many tokens it read and wrote
     * @param inUsOnly whether {@code usage.inference_geo} was {@code us}
     */
    public record Read(JsonBytes line, Usage usage, ServiceTier tier, boolean inUsOnly) {}

    /**
     * @param body what the service answered; flattened in place
     * @return empty if it is not valid JSON, or not a Message: one that neither has content nor
     *     says what it used is none
     */
    public static Optional<Read> forBatch(byte[] body) {
        var reading = new MessageReading();
        try (var json = StrictJson.parserOfAnySize(body)) {
            if (!reading.readMessage(json, body)) {
                return Optional.empty();
            }
        } catch (JacksonException _) {
            return Optional.empty();
        }
        return Optional.of(
                new Read(
                        JsonBytes.flatten(reading.edits.in(body)),
                        reading.usage(),
                        reading.isReported() ? reading.tier : ServiceTier.UNREPORTED,
                        reading.inUsOnly));
    }

    private boolean readMessage(JsonParser json, byte[] body) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "type" -> {
                    message = value == JsonToken.VALUE_STRING && json.getString().equals("message");
                    json.skipChildren();
                }
                case "content" -> {
                    if (contentSeen || !readContent(json, value, body)) {
                        return false;
                    }
                    contentSeen = true;
                }
                case "usage" -> {
                    if (usageSeen) {
                        // Which of the two is meant nobody can say.
                        return false;
                    }
                    usageSeen = true;
                    readUsage(json, value, body);
                }
                default -> json.skipChildren();
            }
        }
        int end = start(json);
        if (!usageSeen) {
            edits.insert(end, ",\"usage\":" + UNREPORTED_USAGE);
        }
        return json.nextToken() == null && message && (contentSeen || isReported());
    }

    private boolean isReported() {
        return input >= 0 && output >= 0;
    }

    /**
     * A list of blocks (wire contract, section 2.3). A bare text is one of them, and null is none,
     * as a model that says nothing gives.
     *
     * @return whether it can be taken for one
     */
    private boolean readContent(JsonParser json, JsonToken value, byte[] body) {
        int start = start(json);
        json.skipChildren();
        return switch (value) {
            case START_ARRAY -> true;
            case VALUE_NULL -> {
                edits.replace(start, Edits.endOfScalar(body, start), "[]");
                yield true;
            }
            case VALUE_STRING -> {
                edits.insert(start, "[{\"type\":\"text\",\"text\":");
                edits.insert(Edits.endOfScalar(body, start), "}]");
                yield true;
            }
            default -> false;
        };
    }

    private void readUsage(JsonParser json, JsonToken value, byte[] body) {
        int start = start(json);
        if (value == JsonToken.START_OBJECT) {
            readUsageObject(json, body);
        } else {
            edits.replace(start, end(json, value, body, start), UNREPORTED_USAGE);
        }
    }

    private void readUsageObject(JsonParser json, byte[] body) {
        boolean empty = true;
        boolean inputSeen = false;
        boolean outputSeen = false;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            empty = false;
            String name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "input_tokens" -> {
                    inputSeen = true;
                    input = needed(json, value, body);
                }
                case "output_tokens" -> {
                    outputSeen = true;
                    output = needed(json, value, body);
                }
                case "cache_creation_input_tokens" -> cacheCreation = count(json, value, body, 0);
                case "cache_read_input_tokens" -> cacheRead = count(json, value, body, 0);
                case "cache_creation" -> {
                    if (value == JsonToken.START_OBJECT) {
                        readCacheCreation(json, body);
                    } else {
                        json.skipChildren();
                    }
                }
                case "service_tier" -> readTier(json, value, body);
                case "inference_geo" -> {
                    inUsOnly = value == JsonToken.VALUE_STRING && json.getString().equals("us");
                    json.skipChildren();
                }
                default -> json.skipChildren();
            }
        }
        int end = start(json);
        var missing = new StringBuilder();
        missing.append(inputSeen ? "" : ",\"input_tokens\":0");
        missing.append(outputSeen ? "" : ",\"output_tokens\":0");
        missing.append(tierSeen ? "" : "," + BATCH_PROPERTY);
        if (!missing.isEmpty()) {
            edits.insert(end, empty ? missing.substring(1) : missing.toString());
        }
    }

    private void readTier(JsonParser json, JsonToken value, byte[] body) {
        tierSeen = true;
        int start = start(json);
        if (value == JsonToken.VALUE_STRING) {
            tier = tier(json.getString());
        }
        edits.replace(start, end(json, value, body, start), BATCH);
    }

    private void readCacheCreation(JsonParser json, byte[] body) {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "ephemeral_5m_input_tokens" -> cacheCreation5m = count(json, value, body, 0);
                case "ephemeral_1h_input_tokens" -> cacheCreation1h = count(json, value, body, 0);
                default -> json.skipChildren();
            }
        }
    }

    /** A count that every client reads: what is none becomes 0. -1 if it is none. */
    private long needed(JsonParser json, JsonToken value, byte[] body) {
        int start = start(json);
        long count = count(json, value, body, -1);
        if (count < 0) {
            edits.replace(start, end(json, value, body, start), "0");
        }
        return count;
    }

    private long count(JsonParser json, JsonToken value, byte[] body, long otherwise) {
        int start = start(json);
        json.skipChildren();
        var count = value.isNumeric() ? WholeNumber.of(json.getString()) : OptionalLong.empty();
        if (count.isEmpty() || count.getAsLong() < 0 || count.getAsLong() > Usage.TOKENS_MAX) {
            return otherwise;
        }
        if (value == JsonToken.VALUE_NUMBER_FLOAT) {
            // JSON does not tell 11.0 from 11; clients with an integer there do.
            edits.replace(start, Edits.endOfScalar(body, start), Long.toString(count.getAsLong()));
        }
        return count.getAsLong();
    }

    private static int start(JsonParser json) {
        return Math.toIntExact(json.currentTokenLocation().getByteOffset());
    }

    /** Behind a value that begins at {@code start}; what it holds is passed over. */
    private static int end(JsonParser json, JsonToken value, byte[] body, int start) {
        json.skipChildren();
        boolean structure = value == JsonToken.START_OBJECT || value == JsonToken.START_ARRAY;
        return structure ? start(json) + 1 : Edits.endOfScalar(body, start);
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
                Math.max(0, input),
                Math.max(0, output),
                cacheCreation,
                cacheCreation5m,
                cacheCreation1h,
                cacheRead);
    }
}

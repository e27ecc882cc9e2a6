package dev.nightmail.journal.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayRecord;
import dev.nightmail.core.relay.RelayState;
import dev.nightmail.journal.record.RecordChecksum;
import dev.nightmail.journal.record.RecordJson;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * {@code relay_….json}, written for people and for a restart. Requests are named by number, in
 * ranges. The last field is a checksum over all of it.
 */
final class RelayRecordWriter {

    /** A reader refuses what is newer than it knows and skips fields it does not know. */
    static final int FORMAT = 1;

    private RelayRecordWriter() {}

    static byte[] write(RelayRecord record) {
        var text = new StringWriter();
        try (var json = RecordJson.generator(text)) {
            json.writeStartObject();
            json.writeNumberProperty("format", FORMAT);
            writeRelay(json, record.relay());
            RecordJson.writeTime(json, "intended_at", record.intendedAt());
            json.writeNumberProperty("request_count", record.sent().requests());
            json.writeNumberProperty("body_bytes", record.sent().bytes());
            json.writeStringProperty("body_sha256", record.sent().sha256());
            writeState(json, record.state());
            json.writeStringProperty(RecordChecksum.FIELD, RecordChecksum.BLANK);
            json.writeEndObject();
        }
        return RecordChecksum.seal(text.append('\n').toString().getBytes(UTF_8));
    }

    private static void writeRelay(JsonGenerator json, Relay relay) {
        json.writeStringProperty("id", relay.id().value());
        json.writeStringProperty("upstream", relay.upstream());
        json.writeStringProperty("api_version", relay.terms().apiVersion().header());
        json.writeArrayPropertyStart("betas");
        relay.terms().betas().forEach(json::writeString);
        json.writeEndArray();
        json.writeStringProperty("user_profile_id", relay.terms().userProfileId());
        json.writeArrayPropertyStart("requests");
        for (var part : relay.parts()) {
            json.writeString(part.batch() + " " + part.requests());
        }
        json.writeEndArray();
    }

    private static void writeState(JsonGenerator json, RelayState state) {
        switch (state) {
            case RelayState.Intended() -> writeState(json, "intended", null);
            case RelayState.Submitted(var id, boolean cancelAsked) -> {
                writeState(json, "submitted", id);
                json.writeBooleanProperty("cancel_asked", cancelAsked);
            }
            case RelayState.Collected(var id) -> writeState(json, "collected", id);
        }
    }

    private static void writeState(JsonGenerator json, String name, @Nullable String id) {
        json.writeStringProperty("state", name);
        json.writeStringProperty("provider_batch", id);
    }
}

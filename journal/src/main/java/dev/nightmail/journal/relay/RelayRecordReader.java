package dev.nightmail.journal.relay;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.relay.RelayRecord;
import dev.nightmail.core.relay.RelayRecord.Sent;
import dev.nightmail.core.relay.RelayState;
import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.relay.RequestNumbers;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.journal.record.RecordChecksum;
import dev.nightmail.journal.record.RecordFields;
import dev.nightmail.journal.record.UnreadableRecord;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;

/** Reads what {@link RelayRecordWriter} writes. */
final class RelayRecordReader {

    private final RecordFields fields;

    private RelayRecordReader(RecordFields fields) {
        this.fields = fields;
    }

    /**
     * @throws IOException if it is not such a record, or one of a newer format; the message
     *     continues the name of the file
     */
    static RelayRecord read(byte[] record) throws IOException {
        if (!RecordChecksum.isSealed(record)) {
            throw new UnreadableRecord(
                    "is damaged: it does not have the checksum it was written with");
        }
        try {
            return new RelayRecordReader(RecordFields.of(record)).record();
        } catch (JacksonException e) {
            throw new UnreadableRecord("is not valid JSON", e);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new UnreadableRecord("holds a value that cannot be: " + e.getMessage(), e);
        }
    }

    private RelayRecord record() throws UnreadableRecord {
        long format = fields.number("format");
        if (format > RelayRecordWriter.FORMAT) {
            throw new UnreadableRecord(
                    "has format %d, which a newer Nightmail wrote; this one reads up to %d"
                            .formatted(format, RelayRecordWriter.FORMAT));
        }
        return new RelayRecord(
                relay(),
                fields.time("intended_at"),
                new Sent(
                        Math.toIntExact(fields.number("request_count")),
                        fields.number("body_bytes"),
                        fields.text("body_sha256")),
                state());
    }

    private Relay relay() throws UnreadableRecord {
        var terms =
                new RelayTerms(
                        ApiVersion.parse(fields.text("api_version"))
                                .orElseThrow(
                                        () -> new UnreadableRecord("has an unknown api_version")),
                        fields.texts("betas"),
                        fields.textIfAny("user_profile_id"));
        return new Relay(new RelayId(fields.text("id")), fields.text("upstream"), terms, parts());
    }

    private List<Relay.Part> parts() {
        var parts = new ArrayList<Relay.Part>();
        for (var text : fields.texts("requests")) {
            int space = text.indexOf(' ');
            if (space < 0) {
                throw new IllegalArgumentException("no numbers follow " + text);
            }
            parts.add(
                    new Relay.Part(
                            new BatchId(text.substring(0, space)),
                            RequestNumbers.parse(text.substring(space + 1))));
        }
        return parts;
    }

    private RelayState state() throws UnreadableRecord {
        var name = fields.text("state");
        return switch (name) {
            case "intended" -> new RelayState.Intended();
            case "submitted" ->
                    new RelayState.Submitted(
                            fields.text("provider_batch"), fields.flag("cancel_asked"));
            case "collected" -> new RelayState.Collected(fields.text("provider_batch"));
            default -> throw new UnreadableRecord("has an unknown state, " + name);
        };
    }
}

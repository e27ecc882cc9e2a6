package dev.nightmail.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.BatchDraft;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestSummary;
import dev.nightmail.core.result.Result;
import dev.nightmail.core.result.SettledRequest;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Usage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/** Batches, requests and results for tests. */
final class Samples {

    static final Instant CREATED = Instant.parse("2026-11-20T21:00:00.100435Z");
    static final BatchId ID = new BatchId("msgbatch_01abcDEF");

    static final Billing BILLING = new Billing("claude", ServiceTier.PRIORITY, true);

    private Samples() {}

    static BatchHeader header(BatchDraft draft) {
        return header(draft, draft.id());
    }

    static BatchHeader header(BatchDraft draft, BatchId id) {
        return new BatchHeader(
                id,
                WorkspaceId.DEFAULT,
                KeyId.ANY,
                CREATED,
                CREATED.plus(Duration.ofHours(24)),
                ApiVersion.V2026_10_21,
                List.of("output-300k-2026-03-24"),
                null,
                draft.size(),
                draft.models(),
                "00ff",
                "once \"only\"");
    }

    static CustomId customId(int number) {
        return new CustomId("row-" + number);
    }

    static String params(int number) {
        return "{\"model\":\"m%d\",\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"grüße %d\"}]}"
                .formatted(number % 2, 10 + number, number);
    }

    static void add(BatchDraft draft, int number, String params) {
        var bytes = params.getBytes(UTF_8);
        draft.add(
                customId(number),
                new RequestSummary("m" + number % 2, 5 + number, 10 + number),
                bytes,
                0,
                bytes.length);
    }

    /** Creates a batch of this many requests. */
    static void create(Journal journal, BatchId id, int requests) {
        try (var draft = journal.draft(id)) {
            for (int number = 0; number < requests; number++) {
                add(draft, number, params(number));
            }
            draft.commit(header(draft));
        }
    }

    /** A result for this request; the numbers of a batch take turns through all four types. */
    static SettledRequest result(int number) {
        var result =
                switch (number % 4) {
                    case 1 ->
                            new Result.Errored(
                                    JsonBytes.of(
                                            "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"no\"}}"));
                    case 2 -> new Result.Canceled();
                    case 3 -> new Result.Expired();
                    default -> succeeded(number);
                };
        return new SettledRequest(
                number, customId(number), result, CREATED.plusSeconds(number + 1));
    }

    static Usage usage(int number) {
        return new Usage(100 + number, 7, 3, 2, 40);
    }

    private static Result succeeded(int number) {
        var usage = usage(number);
        var message =
                """
                {"id":"msg_%d","type":"message","content":[{"type":"text","text":"grüße"}],\
                "usage":{"input_tokens":%d,"output_tokens":%d,"cache_creation_input_tokens":%d,\
                "cache_creation":{"ephemeral_5m_input_tokens":%d,"ephemeral_1h_input_tokens":%d},\
                "cache_read_input_tokens":%d,"service_tier":"batch"}}\
                """
                        .formatted(
                                number,
                                usage.input(),
                                usage.output(),
                                usage.cacheCreation5m() + usage.cacheCreation1h(),
                                usage.cacheCreation5m(),
                                usage.cacheCreation1h(),
                                usage.cacheRead());
        return new Result.Succeeded(JsonBytes.of(message), usage, BILLING);
    }

    /** A record with another content, and the checksum that belongs to it. */
    static String resealed(String record) {
        var blank = record.replaceAll("\"crc32c\" : \"[0-9a-f]{8}\"", "\"crc32c\" : \"00000000\"");
        var sum = HexFormat.of().toHexDigits((int) crc(blank.getBytes(UTF_8)));
        return blank.replace("\"crc32c\" : \"00000000\"", "\"crc32c\" : \"" + sum + "\"");
    }

    /** An index file with another version in its header. */
    static byte[] ofVersion(int version, byte[] index) {
        var changed = ByteBuffer.wrap(index.clone()).putInt(8, version);
        changed.putInt(60, (int) crc(Arrays.copyOf(changed.array(), 60)));
        return changed.array();
    }

    private static long crc(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }
}

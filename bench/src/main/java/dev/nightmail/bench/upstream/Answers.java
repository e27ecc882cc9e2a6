package dev.nightmail.bench.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.bench.workload.Workload;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** What the upstream says: a Message of 2 KB that tells which request it answers. */
public final class Answers {

    /** Of an answer's body. */
    static final int BODY_BYTES = 2_048;

    private static final String HEAD =
            "{\"id\":\"msg_bench\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-bench\",\"content\":[{\"type\":\"text\",\"text\":\"";
    private static final String TAIL =
            "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":600,\"output_tokens\":450,\"service_tier\":\"standard\"}}";
    private static final String FILLER = "What was asked at dusk is told by morning. ".repeat(64);

    private static final byte[] OK =
            ascii(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
                            + BODY_BYTES
                            + "\r\n\r\n");
    private static final byte[] NO_ROOM =
            ascii(
                    "HTTP/1.1 429 Too Many Requests\r\nretry-after: 3600\r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n");

    private static final byte[] MODELS =
            response(
                    "{\"object\":\"list\",\"data\":[{\"id\":\"claude-bench\",\"type\":\"model\",\"object\":\"model\",\"display_name\":\"claude-bench\",\"created_at\":\"2026-01-01T00:00:00Z\",\"created\":1767225600,\"owned_by\":\"bench\"}],\"has_more\":false,\"first_id\":\"claude-bench\",\"last_id\":\"claude-bench\"}");
    private static final byte[] MODEL =
            response(
                    "{\"id\":\"claude-bench\",\"type\":\"model\",\"display_name\":\"claude-bench\",\"created_at\":\"2026-01-01T00:00:00Z\"}");
    private static final byte[] TOKENS = response("{\"input_tokens\":600}");
    private static final byte[] MARK = ascii(Workload.MARK);
    private static final int ID_BYTES = "request-0000000".length();

    private Answers() {}

    static byte[] noRoom() {
        return NO_ROOM;
    }

    /** The list of models, in words that clients of either kind of API understand. */
    static byte[] models() {
        return MODELS;
    }

    /** Its only model. */
    static byte[] model() {
        return MODEL;
    }

    /** How many tokens a prompt has. */
    static byte[] tokens() {
        return TOKENS;
    }

    private static byte[] response(String body) {
        return ascii(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
    }

    /**
     * @param buffer whose bytes from offset to offset + length are the body of the call
     */
    static byte[] to(ByteBuffer buffer, int offset, int length) {
        var id = id(buffer, offset, length);
        var crc = new CRC32C();
        crc.update(buffer.array(), buffer.arrayOffset() + offset, length);
        return message(body(Workload.answer(id, crc.getValue())));
    }

    /**
     * An answer of the same length whose text is a JSON object: the number of the request, a label
     * and a summary.
     *
     * @param buffer whose bytes from offset to offset + length are the body of the call
     */
    static byte[] fitting(ByteBuffer buffer, int offset, int length) {
        int number = Integer.parseInt(id(buffer, offset, length).substring("request-".length()));
        return message(
                body(
                        "{\\\"number\\\":%d,\\\"label\\\":\\\"reply\\\",\\\"summary\\\":\\\""
                                .formatted(number),
                        "\\\"}"));
    }

    private static String id(ByteBuffer buffer, int offset, int length) {
        var id = new byte[ID_BYTES];
        buffer.get(mark(buffer, offset, length) + 1, id);
        return new String(id, US_ASCII);
    }

    private static byte[] message(byte[] body) {
        var answer = new byte[OK.length + BODY_BYTES];
        System.arraycopy(OK, 0, answer, 0, OK.length);
        System.arraycopy(body, 0, answer, OK.length, BODY_BYTES);
        return answer;
    }

    /**
     * A Message of 2 KB.
     *
     * @param text in ASCII that it begins with
     */
    public static byte[] body(String text) {
        return body(text, "");
    }

    private static byte[] body(String beginning, String end) {
        int filler = BODY_BYTES - HEAD.length() - beginning.length() - end.length() - TAIL.length();
        return ascii(HEAD + beginning + FILLER.substring(0, filler) + end + TAIL);
    }

    static boolean asksToBeHeld(ByteBuffer buffer, int offset, int length) {
        int at = mark(buffer, offset, length) + 1 + ID_BYTES;
        var held = ascii(Workload.HELD);
        for (int i = 0; i < held.length; i++) {
            if (buffer.get(at + i) != held[i]) {
                return false;
            }
        }
        return true;
    }

    private static int mark(ByteBuffer buffer, int offset, int length) {
        for (int at = offset; at < offset + length - MARK.length; at++) {
            int i = 0;
            while (i < MARK.length && buffer.get(at + i) == MARK[i]) {
                i++;
            }
            if (i == MARK.length) {
                return at;
            }
        }
        throw new IllegalArgumentException("a request that is none of this benchmark's");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}

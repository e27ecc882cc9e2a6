package dev.nightmail.bench.workload;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.CRC32C;

/**
 * A batch of requests of the same size, no two alike, the same ones in every run.
 *
 * <p>Each prompt begins with the number of its request, which the {@linkplain
 * dev.nightmail.bench.upstream local upstream} puts into its answer together with a checksum of the
 * bytes it was sent. So a result that was joined to the wrong request is found out, and so is a
 * request that was altered on its way.
 *
 * @param requests how many
 * @param held of these, the last ones ask an upstream to be kept waiting
 */
public record Workload(int requests, int held) {

    /** What a request takes in the body of its batch, with its comma. */
    public static final int REQUEST_BYTES = 2_550;

    /** Opens every prompt; seven digits and a closing bracket follow. */
    public static final String MARK = "[request-";

    /** Stands behind the number of a request that asks to be kept waiting. */
    public static final String HELD = " held]";

    private static final String ANSWERED = " now ]";
    private static final int DIGITS = 7;
    private static final byte[] PARAMS_HEAD =
            ascii(
                    "{\"model\":\"claude-bench\",\"max_tokens\":600,\"messages\":[{\"role\":\"user\",\"content\":\""
                            + MARK);
    private static final byte[] PARAMS_TAIL = ascii("\"}]}");
    private static final byte[] ENTRY_HEAD = ascii("{\"custom_id\":\"request-");
    private static final byte[] ENTRY_MIDDLE = ascii("\",\"params\":");
    private static final int PARAMS_BYTES =
            REQUEST_BYTES - ENTRY_HEAD.length - DIGITS - ENTRY_MIDDLE.length - 2;
    private static final int TEXT_BYTES =
            PARAMS_BYTES - PARAMS_HEAD.length - DIGITS - ANSWERED.length() - PARAMS_TAIL.length;

    /** So many different prompts that no cache holds them all. */
    private static final int TEXTS = 512;

    private static final String[] WORDS = {
        "the ",
        "letter ",
        "arrived ",
        "before ",
        "dawn, ",
        "and ",
        "nobody ",
        "asked ",
        "who ",
        "had ",
        "carried ",
        "it ",
        "through ",
        "rain. ",
        "café ",
        "naïve ",
        "\\\"morning\\\" ",
        "\\n",
        "sorted ",
        "by ",
        "hand; ",
        "every ",
        "address ",
        "was ",
        "read ",
        "twice ",
        "in ",
        "Zürich ",
        "a\\/b ",
        "answers "
    };

    private static final byte[][] TEXT = texts();

    public static Workload of(int requests) {
        return new Workload(requests, 0);
    }

    private static byte[][] texts() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(25);
        var texts = new byte[TEXTS][];
        for (int i = 0; i < TEXTS; i++) {
            texts[i] = text(random);
        }
        return texts;
    }

    /** Words, with the escapes and the accents that real text has, cut to length between words. */
    private static byte[] text(RandomGenerator random) {
        var text = new StringBuilder(TEXT_BYTES + 16);
        int bytes = 0;
        while (true) {
            var word = WORDS[random.nextInt(WORDS.length)];
            int more = word.getBytes(UTF_8).length;
            if (bytes + more > TEXT_BYTES) {
                return text.append(".".repeat(TEXT_BYTES - bytes)).toString().getBytes(UTF_8);
            }
            text.append(word);
            bytes += more;
        }
    }

    /** The {@code params} of a request, exactly as the batch holds them. */
    public byte[] params(int number) {
        var bytes = new byte[PARAMS_BYTES];
        int at = put(PARAMS_HEAD, bytes, 0);
        at = putDigits(number, bytes, at);
        at = put(ascii(number >= requests - held ? HELD : ANSWERED), bytes, at);
        at = put(TEXT[number % TEXTS], bytes, at);
        put(PARAMS_TAIL, bytes, at);
        return bytes;
    }

    public String customId(int number) {
        var digits = new byte[DIGITS];
        putDigits(number, digits, 0);
        return "request-" + new String(digits, US_ASCII);
    }

    /** How the text of the right answer to a request begins. */
    String answerTo(int number) {
        var crc = new CRC32C();
        crc.update(params(number));
        return answer(customId(number), crc.getValue());
    }

    /** How the text of an answer to a request begins, whatever bytes it was sent with. */
    String anyAnswerTo(int number) {
        return beginning(customId(number));
    }

    /** How the answer to a prompt begins. */
    public static String answer(String customId, long checksum) {
        return beginning(customId) + checksum + ". ";
    }

    private static String beginning(String customId) {
        return "[" + customId + "] was sent with checksum ";
    }

    /** The body of the create call. */
    public void writeTo(Path file) throws IOException {
        try (var out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            writeTo(out);
        }
    }

    private void writeTo(OutputStream out) throws IOException {
        out.write(ascii("{\"requests\":["));
        var digits = new byte[DIGITS];
        for (int number = 0; number < requests; number++) {
            if (number > 0) {
                out.write(',');
            }
            putDigits(number, digits, 0);
            out.write(ENTRY_HEAD);
            out.write(digits);
            out.write(ENTRY_MIDDLE);
            out.write(params(number));
            out.write('}');
        }
        out.write(ascii("]}"));
    }

    private static int put(byte[] from, byte[] to, int at) {
        System.arraycopy(from, 0, to, at, from.length);
        return at + from.length;
    }

    private static int putDigits(int number, byte[] to, int at) {
        int rest = number;
        for (int i = at + DIGITS - 1; i >= at; i--) {
            to[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return at + DIGITS;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}

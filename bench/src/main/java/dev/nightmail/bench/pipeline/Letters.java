package dev.nightmail.bench.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.bench.workload.Workload;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Numbered letters: as the records of a pipeline, and as the requests that the pipeline makes of
 * them.
 *
 * @param count how many
 * @param system what every request says first
 */
record Letters(int count, String system) {

    /** A short system prompt, so that a server has little to do for each. */
    static final String BRIEF = "Sort letters.";

    static final String MODEL = "claude-bench";
    static final int TOKENS_MAX = 600;

    /** What every answer obeys. */
    static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"number\":{\"type\":\"integer\"},\"label\":{\"type\":\"string\",\"enum\":[\"reply\",\"file\",\"drop\"]},\"summary\":{\"type\":\"string\",\"minLength\":1}},\"required\":[\"number\",\"label\",\"summary\"],\"additionalProperties\":false}";

    private static final String BEHIND_ID = " now ] Sort this letter: ";

    /**
     * The template of a pipeline, as it stands in YAML. The local upstream finds the number by the
     * mark.
     */
    static final String PROMPT = Workload.MARK + "{{id}}" + BEHIND_ID + "{{text}}";

    private static final int TEXT_CHARACTERS = 300;
    private static final int TEXTS = 512;

    /** As a pipeline cuts its batches. */
    private static final int BATCH_REQUESTS_MAX = 100_000;

    private static final long BATCH_BYTES_MAX = 200_000_000;
    private static final String[] WORDS = {
        "the ",
        "letter ",
        "came ",
        "before ",
        "dawn ",
        "and ",
        "nobody ",
        "asked ",
        "who ",
        "had ",
        "carried ",
        "it ",
        "through ",
        "rain ",
        "café ",
        "naïve ",
        "Zürich ",
        "answers ",
        "twice "
    };
    private static final String[] TEXT = texts();

    static Letters of(int count) {
        return new Letters(count, BRIEF);
    }

    /** The same with a system prompt of so many characters. */
    Letters withSystem(int characters) {
        return new Letters(count, words(random(), characters));
    }

    private static String[] texts() {
        var random = random();
        var texts = new String[TEXTS];
        for (int i = 0; i < TEXTS; i++) {
            texts[i] = words(random, TEXT_CHARACTERS);
        }
        return texts;
    }

    /** The same texts in every run. */
    private static RandomGenerator random() {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(25);
    }

    private static String words(RandomGenerator random, int characters) {
        var text = new StringBuilder(characters + 16);
        while (text.length() < characters) {
            text.append(WORDS[random.nextInt(WORDS.length)]);
        }
        return text.substring(0, characters - 1) + ".";
    }

    static String id(int number) {
        var digits = Integer.toString(number);
        return "0".repeat(7 - digits.length()) + digits;
    }

    private static String text(int number) {
        return TEXT[number % TEXTS];
    }

    void writeCsv(Path file) throws IOException {
        try (var out = new BufferedWriter(Files.newBufferedWriter(file), 1 << 20)) {
            out.write("id,text\n");
            for (int number = 0; number < count; number++) {
                out.write(id(number));
                out.write(',');
                out.write(text(number));
                out.write('\n');
            }
        }
    }

    /** The bodies of the create calls, each as large as a pipeline makes it. */
    List<Path> writeBodies(Path folder) throws IOException {
        var bodies = new ArrayList<Path>();
        int written = 0;
        while (written < count) {
            var body = folder.resolve("body-%d.json".formatted(bodies.size()));
            try (var out = new BufferedOutputStream(Files.newOutputStream(body), 1 << 20)) {
                written = writeBody(out, written);
            }
            bodies.add(body);
        }
        return bodies;
    }

    /**
     * @return the number of the first request that found no room
     */
    private int writeBody(OutputStream out, int first) throws IOException {
        var head =
                "\",\"params\":{\"model\":\"%s\",\"max_tokens\":%d,\"system\":[{\"type\":\"text\",\"text\":\"%s\"}],\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":%s}},\"messages\":[{\"role\":\"user\",\"content\":\"%s"
                        .formatted(MODEL, TOKENS_MAX, system, SCHEMA, Workload.MARK);
        out.write("{\"requests\":[".getBytes(UTF_8));
        long bytes = 0;
        int number = first;
        while (number < count && number - first < BATCH_REQUESTS_MAX) {
            var request =
                    ("{\"custom_id\":\""
                                    + id(number)
                                    + head
                                    + id(number)
                                    + BEHIND_ID
                                    + text(number)
                                    + "\"}]}}")
                            .getBytes(UTF_8);
            bytes += request.length + 1;
            if (bytes > BATCH_BYTES_MAX) {
                break;
            }
            if (number > first) {
                out.write(',');
            }
            out.write(request);
            number++;
        }
        out.write("]}".getBytes(UTF_8));
        return number;
    }
}

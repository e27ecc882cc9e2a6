package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A pipeline that asks numbered questions, one text file each, and what its runs leave. */
record PipelineFiles(Path folder, Questions questions) {

    static PipelineFiles write(Path folder, Questions questions) throws IOException {
        var texts = Files.createDirectory(folder.resolve("texts"));
        for (int number = 0; number < questions.count(); number++) {
            Files.writeString(texts.resolve(number + ".txt"), Questions.question(number));
        }
        var pipeline = new PipelineFiles(folder, questions);
        Files.writeString(
                pipeline.yaml(),
                """
                name: questions
                source: { files: texts }
                model: claude-haiku-4-5
                max_tokens: 100
                prompt: '{{text}}'
                sink: { file: results.jsonl }
                """);
        return pipeline;
    }

    Path yaml() {
        return folder.resolve("questions.yaml");
    }

    Path sink() {
        return folder.resolve("results.jsonl");
    }

    /** Each record is in the sink once, with an answer of the simulator that takes it up. */
    void assertAllSimulatedInSink() throws IOException {
        var rows = sinkRows();
        assertThat(rows)
                .extracting(row -> row.path("id").asString())
                .containsExactlyInAnyOrderElementsOf(ids());
        assertThat(rows)
                .allSatisfy(row ->
                        assertThat(row.path("answer").asString())
                                .startsWith("[simulated] ")
                                .contains(number(row.path("id").asString())));
    }

    /** Each record is in the sink once, and with the answer to its own question. */
    void assertAllInSink() throws IOException {
        assertThat(sinkRows())
                .extracting(row -> row.path("id").asString(), row -> row.path("answer").asString())
                .containsExactlyInAnyOrderElementsOf(
                        questions
                                .numbers()
                                .mapToObj(number -> tuple(id(number), Questions.answer(number)))
                                .toList());
    }

    private List<JsonNode> sinkRows() throws IOException {
        return Files.readAllLines(sink()).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    private List<String> ids() {
        return questions.numbers().mapToObj(PipelineFiles::id).toList();
    }

    private static String id(int number) {
        return "texts/" + number + ".txt";
    }

    private static String number(String id) {
        return id.replaceAll("[^0-9]", "");
    }
}

package dev.nightmail.app.corpora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.app.AppSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** The naughty strings as ids and texts of a pipeline's records, from a file to a file. */
class NaughtyRecordsTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What a spreadsheet would take for a formula gets an apostrophe in front in a CSV sink. */
    private static final String FORMULA = "(?s)[=+\\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20].*";

    private static final String PLAIN_NUMBER = "[+-]?[0-9]+([.,][0-9]+)*([eE][+-]?[0-9]+)?";

    private static EchoedServer server;

    @TempDir private Path folder;

    @BeforeAll
    static void start() throws IOException {
        server = new EchoedServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "csv, csv",
        "csv, jsonl",
        "csv, parquet",
        "jsonl, csv",
        "jsonl, jsonl",
        "jsonl, parquet"
    })
    void theyComeThroughFromSourceToSink(String source, String sink) throws Exception {
        var records = records();
        Files.writeString(folder.resolve("records." + source), file(source, records));
        var session = new AppSession(folder);
        session.file(
                "pipeline.yaml",
                """
                name: naughty
                source: { sql: "select id, text from 'records.%s'" }
                model: claude-haiku-4-5
                max_tokens: 16
                prompt: '{{text}}'
                sink: { file: answers.%s }
                """
                        .formatted(source, sink));

        int exit = session.run("run", "pipeline.yaml", "--yes", "--endpoint", server.uri());

        assertThat(exit).as(session.err()).isZero();
        assertThat(answers(sink)).isEqualTo(sink.equals("csv") ? guarded(records) : records);
        server.assertAliveAndClean();
    }

    /** Texts by id. An empty text asks nothing, and an empty id names nothing. */
    private static Map<String, String> records() throws IOException {
        var records = new LinkedHashMap<String, String>();
        for (var text : Corpora.naughtyStrings()) {
            if (!text.isBlank()) {
                records.put(text, text);
            }
        }
        return records;
    }

    private static String file(String format, Map<String, String> records) {
        return format.equals("csv") ? csv(records) : jsonLines(records);
    }

    private static String csv(Map<String, String> records) {
        return records.entrySet().stream()
                .map(record -> quoted(record.getKey()) + "," + quoted(record.getValue()) + "\n")
                .collect(Collectors.joining("", "id,text\n", ""));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    private static String jsonLines(Map<String, String> records) {
        return records.entrySet().stream()
                .map(record -> Map.of("id", record.getKey(), "text", record.getValue()))
                .map(record -> JSON.writeValueAsString(record) + "\n")
                .collect(Collectors.joining());
    }

    private Map<String, String> answers(String format) throws IOException, SQLException {
        var file = folder.resolve("answers." + format);
        var answers = new HashMap<String, String>();
        for (var row : format.equals("jsonl") ? jsonRows(file) : rows(file, format)) {
            assertThat(answers.put(row.id(), row.answer())).as(row.id()).isNull();
        }
        return answers;
    }

    private record Row(String id, String answer) {}

    private static List<Row> jsonRows(Path file) throws IOException {
        return Files.readString(file)
                .lines()
                .map(JSON::readTree)
                .map(row -> new Row(row.path("id").asString(), row.path("answer").asString()))
                .toList();
    }

    private static List<Row> rows(Path file, String format) throws SQLException {
        var from =
                format.equals("csv")
                        ? "read_csv('%s', header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')"
                        : "read_parquet('%s')";
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement();
                var found =
                        statement.executeQuery("select id, answer from " + from.formatted(file))) {
            var rows = new ArrayList<Row>();
            while (found.next()) {
                rows.add(new Row(found.getString("id"), found.getString("answer")));
            }
            return rows;
        }
    }

    private static Map<String, String> guarded(Map<String, String> records) {
        return records.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, record -> guarded(record.getValue())));
    }

    private static String guarded(String text) {
        return text.matches(FORMULA) && !text.matches(PLAIN_NUMBER) ? "'" + text : text;
    }
}

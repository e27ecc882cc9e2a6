package dev.nightmail.pipeline.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.pipeline.testing.TestRows;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SuppressWarnings("NullAway.Init")
class AnswerFileTest {

    @TempDir Path folder;
    private final List<String> notes = new ArrayList<>();

    @Test
    void anAnswerThatFitsNoNumberCostsNoOther() throws Exception {
        var schema =
                """
                {"type": "object", "properties": {"score": {"type": "integer"}, "huge": {"type": "integer"},
                 "share": {"type": "number"}, "fits": {"type": "integer"}, "flag": {"type": "boolean"}}}
                """;

        var rows =
                parquet(
                        schema,
                        """
                        {"score": 7, "huge": 1, "share": 0.5, "fits": 3.0, "flag": true}
                        {"score": 123456789012345678901234567890, "huge": 1e60, "share": 1e400, "fits": -9223372036854775808, "flag": null}
                        {"score": null}
                        """);

        assertThat(rows).hasSize(3);
        assertThat(rows.getFirst())
                .containsEntry("score", "7")
                .containsEntry("huge", "1")
                .containsEntry("share", "0.5")
                .containsEntry("fits", "3")
                .containsEntry("flag", "true");
        assertThat(rows.get(1))
                .containsEntry("score", "123456789012345678901234567890")
                .containsEntry("huge", "1E+60")
                .containsEntry("share", "1E+400")
                .containsEntry("fits", "-9223372036854775808");
        assertThat(types())
                .containsEntry("score", "DECIMAL(38,0)")
                .containsEntry("huge", "VARCHAR")
                .containsEntry("share", "VARCHAR")
                .containsEntry("fits", "BIGINT")
                .containsEntry("flag", "BOOLEAN");
        assertThat(notes)
                .hasSize(3)
                .anyMatch(note -> note.startsWith("the column score is written as decimal(38)"))
                .anyMatch(note -> note.startsWith("the column huge is written as text"));
    }

    @Test
    void everyPropertyHasAColumnOfItsOwn() throws Exception {
        var schema =
                """
                {"type": "object", "properties": {"mood": {"type": "string"}, "Mood": {"type": "string"},
                 "": {"type": "string"}, "id": {"type": "string"}, "answer_id": {"type": "string"}}}
                """;
        var answer =
                "{\"mood\": \"a\", \"Mood\": \"b\", \"\": \"c\", \"id\": \"d\", \"answer_id\": \"e\"}";

        assertThat(parquet(schema, answer).getFirst())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "id",
                                "r0",
                                "mood",
                                "a",
                                "Mood_2",
                                "b",
                                "answer",
                                "c",
                                "answer_id",
                                "d",
                                "answer_id_2",
                                "e"));
        assertThat(file(schema, SinkFormat.PARQUET).notes())
                .contains("the property Mood of the answers is the column Mood_2 of the sink");
        assertThat(text(schema, SinkFormat.CSV, answer))
                .isEqualTo("id,mood,Mood,answer,answer_id,answer_id_2\r\nr0,a,b,c,d,e\r\n");
        assertThat(text(schema, SinkFormat.JSONL, answer))
                .isEqualTo(
                        "{\"id\":\"r0\",\"mood\":\"a\",\"Mood\":\"b\",\"answer\":\"c\",\"answer_id\":\"d\",\"answer_id_2\":\"e\"}\n");
        assertThat(
                        text(
                                "{\"type\": \"object\", \"properties\": {\"answer_id\": {}}}",
                                SinkFormat.JSONL,
                                "{\"answer_id\": 1, \"id\": 2}"))
                .as("what the schema does not name is written too")
                .isEqualTo("{\"id\":\"r0\",\"answer_id\":1,\"answer_id_2\":2}\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"null\"}]} | VARCHAR",
                "{\"anyOf\": [{\"type\": \"null\"}, {\"type\": \"integer\"}]} | BIGINT",
                "{\"oneOf\": [{\"type\": \"integer\"}, {\"type\": \"number\"}]} | DOUBLE",
                "{\"$ref\": \"#/$defs/mood\"} | VARCHAR",
                "{\"$ref\": \"#/$defs/count\"} | BIGINT",
                "{\"const\": \"yes\"} | VARCHAR",
                "{\"const\": true} | BOOLEAN",
                "{\"enum\": [1, 2, null]} | BIGINT",
                "{\"allOf\": [{\"$ref\": \"#/$defs/mood\"}]} | VARCHAR",
                "{\"type\": [\"string\", \"null\"]} | VARCHAR"
            })
    void aPlainTypeIsFoundBehindReferencesAndChoices(String property, String type)
            throws Exception {
        var schema =
                "{\"type\": \"object\", \"$defs\": {\"mood\": {\"enum\": [\"good\", \"bad\"]}, \"count\": {\"type\": \"integer\"}}, \"properties\": {\"x\": "
                        + property
                        + "}}";
        var value = Map.of("VARCHAR", "\"good\"", "BOOLEAN", "true").getOrDefault(type, "3");

        var rows = parquet(schema, "{\"x\": " + value + "}\n{}\n");

        assertThat(types()).containsEntry("x", type);
        assertThat(rows.getFirst().get("x")).startsWith(value.replace("\"", ""));
        assertThat(rows.get(1)).containsEntry("x", null);
    }

    @Test
    void aSchemaThatRefersToItselfIsJson() throws Exception {
        var schema =
                "{\"type\": \"object\", \"$defs\": {\"a\": {\"$ref\": \"#/$defs/a\"}}, \"properties\": {\"x\": {\"$ref\": \"#/$defs/a\"}, \"y\": {\"$ref\": \"#/nowhere\"}}}";

        assertThat(parquet(schema, "{\"x\": \"t\", \"y\": [1]}").getFirst())
                .containsEntry("x", "\"t\"")
                .containsEntry("y", "[1]");
    }

    @Test
    void cellsOfASpreadsheetAreNoFormulasAndNumbersStayNumbers() throws Exception {
        var schema = "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\"}}}";
        for (var cell :
                List.of(
                        "-5 -> -5",
                        "+49151 -> +49151",
                        "-1.5e3 -> -1.5e3",
                        "=1+1 -> '=1+1",
                        "-5+cmd -> '-5+cmd",
                        "@SUM(A1) -> '@SUM(A1)",
                        "\n=1 -> \"'\n=1\"",
                        "＝1 -> '＝1",
                        "＠x -> '＠x",
                        "1;=2+3 -> \"1;=2+3\"",
                        "a\u2028b -> \"a\u2028b\"",
                        "a\0b -> a\uFFFDb")) {
            var parts = cell.split(" -> ", 2);
            var answer = JsonMapper.shared().createObjectNode().put("a", parts[0]).toString();
            assertThat(text(schema, SinkFormat.CSV, answer))
                    .isEqualTo("id,a\r\nr0," + parts[1] + "\r\n");
        }
        assertThat(csv("{\"a\": \"=1\"}", "@handle", Formulas.ESCAPE))
                .as("ids are what rows are joined by")
                .isEqualTo("id,a\r\n@handle,'=1\r\n");
        assertThat(csv("{\"a\": \"=1\"}", "-5", Formulas.KEEP)).isEqualTo("id,a\r\n-5,=1\r\n");
    }

    @Test
    void everyAnswerIsOneLine() throws Exception {
        var lines =
                text(
                        "{\"type\": \"object\", \"properties\": {\"a\": {}}}",
                        SinkFormat.JSONL,
                        "{\"a\": \"x\\u2028y\\u2029z\\u0085w\\u0000v\\nu\"}");

        assertThat(lines)
                .isEqualTo("{\"id\":\"r0\",\"a\":\"x\\u2028y\\u2029z\\u0085w\\u0000v\\nu\"}\n");
    }

    private List<Map<String, @Nullable String>> parquet(String schema, String answers)
            throws Exception {
        write(file(schema, SinkFormat.PARQUET), "out.parquet", answers, "r");
        var rows = new ArrayList<Map<String, @Nullable String>>();
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement();
                var found =
                        statement.executeQuery("from '" + folder.resolve("out.parquet") + "'")) {
            var metadata = found.getMetaData();
            while (found.next()) {
                var row = new LinkedHashMap<String, @Nullable String>();
                for (int column = 1; column <= metadata.getColumnCount(); column++) {
                    row.put(metadata.getColumnLabel(column), found.getString(column));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private Map<String, String> types() throws Exception {
        var types = new LinkedHashMap<String, String>();
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement();
                var found =
                        statement.executeQuery(
                                "describe from '" + folder.resolve("out.parquet") + "'")) {
            while (found.next()) {
                types.put(found.getString(1), found.getString(2));
            }
        }
        return types;
    }

    private String text(String schema, SinkFormat format, String answers) throws Exception {
        return write(file(schema, format), "out", answers, "r");
    }

    private String csv(String answer, String id, Formulas formulas) throws Exception {
        var output =
                output("{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\"}}}");
        var file = new AnswerFile(SinkFormat.CSV, formulas, RowShape.ofAnswer(output));
        file.filling(visitor -> visitor.visit(TestRows.row(id, answer)), notes::add)
                .fill(folder.resolve("out"));
        return Files.readString(folder.resolve("out"));
    }

    private String write(AnswerFile file, String name, String answers, String ids)
            throws Exception {
        var target = folder.resolve(name);
        file.filling(
                        visitor -> {
                            int row = 0;
                            for (var answer : answers.strip().split("\n", -1)) {
                                visitor.visit(TestRows.row(ids + row++, answer));
                            }
                        },
                        notes::add)
                .fill(target);
        return new String(Files.readAllBytes(target), StandardCharsets.ISO_8859_1)
                        .startsWith("PAR1")
                ? ""
                : Files.readString(target);
    }

    private AnswerFile file(String schema, SinkFormat format) {
        return new AnswerFile(format, Formulas.ESCAPE, RowShape.ofAnswer(output(schema)));
    }

    private static JsonNode output(String schema) {
        return JsonMapper.shared().readTree(schema);
    }
}

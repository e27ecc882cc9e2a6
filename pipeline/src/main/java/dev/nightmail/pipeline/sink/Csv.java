package dev.nightmail.pipeline.sink;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Comma-separated values as RFC 4180 has them, UTF-8, with a header line.
 *
 * <p>A text that starts with {@code = + - @}, a tab or a carriage return would be a formula to a
 * spreadsheet, and answers are made from texts of strangers: such a cell gets an apostrophe in
 * front, as OWASP advises. Numbers of the answer stay numbers.
 */
final class Csv {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private Csv() {}

    static void write(Columns columns, AnswerRows rows, OutputStream out) throws IOException {
        var writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        writer.write(cell(Columns.ID));
        for (var column : columns.answer()) {
            writer.write(',');
            writer.write(cell(column.name()));
        }
        writer.write("\r\n");
        rows.each((recordId, answer) -> writeRow(columns, recordId, JSON.readTree(answer), writer));
        writer.flush();
    }

    private static void writeRow(Columns columns, String recordId, JsonNode answer, Writer writer)
            throws IOException {
        writer.write(cell(recordId));
        for (var column : columns.answer()) {
            writer.write(',');
            writer.write(value(columns.value(answer, column)));
        }
        writer.write("\r\n");
    }

    private static String value(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (value.isString()) {
            return cell(value.stringValue());
        }
        return value.isContainer() ? cell(value.toString()) : value.toString();
    }

    private static String cell(String text) {
        var guarded =
                !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        for (int index = 0; index < guarded.length(); index++) {
            if (",\"\r\n".indexOf(guarded.charAt(index)) >= 0) {
                return '"' + guarded.replace("\"", "\"\"") + '"';
            }
        }
        return guarded;
    }
}

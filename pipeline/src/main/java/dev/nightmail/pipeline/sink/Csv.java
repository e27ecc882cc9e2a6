package dev.nightmail.pipeline.sink;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Comma-separated values as RFC 4180 has them, UTF-8, with a header line.
 *
 * <p>A text that starts with {@code = + - @}, their full-width forms, a tab or a line break would
 * be a formula to a spreadsheet, and answers are made from texts of strangers: such a cell gets an
 * apostrophe in front, as OWASP advises. Ids and plain numbers stay as they are: they are what rows
 * are joined and computed by. A spreadsheet may split at a semicolon, too: such a cell is quoted.
 */
final class Csv {

    private static final String FORMULA_STARTS = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";
    private static final String QUOTED = ",;\"\r\n\t\u0085\u2028\u2029";
    private static final Pattern PLAIN_NUMBER =
            Pattern.compile("[+-]?[0-9]+([.,][0-9]+)*([eE][+-]?[0-9]+)?");

    private Csv() {}

    static void write(Columns columns, AnswerRows rows, Formulas formulas, OutputStream out)
            throws IOException {
        writeHeader(columns, formulas, out);
        writeRows(columns, rows, formulas, out);
    }

    static void writeHeader(Columns columns, Formulas formulas, OutputStream out)
            throws IOException {
        var writer = writer(out);
        writer.write(cell(Columns.ID));
        for (var column : columns.all()) {
            writer.write(',');
            writer.write(cell(guarded(column.name(), formulas)));
        }
        writer.write("\r\n");
        writer.flush();
    }

    static void writeRows(Columns columns, AnswerRows rows, Formulas formulas, OutputStream out)
            throws IOException {
        var writer = writer(out);
        rows.each(row -> writeRow(columns, row, formulas, writer));
        writer.flush();
    }

    private static Writer writer(OutputStream out) {
        return new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    }

    private static void writeRow(Columns columns, AnswerRow row, Formulas formulas, Writer writer)
            throws IOException {
        var values = columns.values(row);
        writer.write(cell(row.recordId()));
        for (var column : columns.all()) {
            writer.write(',');
            writer.write(value(values.of(column), formulas));
        }
        writer.write("\r\n");
    }

    private static String value(JsonNode value, Formulas formulas) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (value.isString()) {
            return cell(guarded(value.stringValue(), formulas));
        }
        return value.isContainer() ? cell(value.toString()) : value.toString();
    }

    private static String guarded(String text, Formulas formulas) {
        return formulas == Formulas.ESCAPE
                        && !text.isEmpty()
                        && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0
                        && !PLAIN_NUMBER.matcher(text).matches()
                ? "'" + text
                : text;
    }

    private static String cell(String text) {
        // Programs in C end a text at a NUL, and the row with it.
        var whole = text.replace('\0', '\uFFFD');
        for (int index = 0; index < whole.length(); index++) {
            if (QUOTED.indexOf(whole.charAt(index)) >= 0) {
                return '"' + whole.replace("\"", "\"\"") + '"';
            }
        }
        return whole;
    }
}

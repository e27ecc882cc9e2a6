package dev.nightmail.pipeline.source;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * DuckDB's complaints in its own words, with file, line and column, and what to do. Not with what
 * stands in the records: a complaint ends up in logs and in mails.
 */
final class SqlFailures {

    /** More would be a document, not a complaint. */
    private static final int WORDS_MAX = 400;

    private static final Pattern CSV_LINE = Pattern.compile("CSV Error on Line: (\\d+)");
    private static final Pattern CSV_FILE = Pattern.compile("(?m)^ {2}file = (.*)$");
    private static final Pattern CELL =
            Pattern.compile(
                    "Error when converting column \"([^\"]*)\"\\. Could not convert string .*? to '([^'\n]*)'\n",
                    Pattern.DOTALL);
    private static final Pattern WIDTH =
            Pattern.compile("(?m)^Expected Number of Columns: (\\d+) Found: (\\d+)");
    private static final Pattern LINE_SIZE =
            Pattern.compile("(?m)^Maximum line size of (\\d+) bytes exceeded.*$");
    private static final Pattern CONTENT =
            Pattern.compile(
                    "(string|value|input|text) (['\"]).*\\2(?= (?:to|is|as|when|into|in)\\b)",
                    Pattern.DOTALL);

    private SqlFailures() {}

    static SourceException of(SQLException failure, Path base, Reading reading) {
        var message = String.valueOf(failure.getMessage());
        var line = CSV_LINE.matcher(message);
        var words =
                line.find()
                        ? ofCsv(message, line.group(1), reading)
                        : firstParagraph(message) + hint(message, reading);
        return new SourceException(
                "source.sql: " + words.replace(base + "/", "").replace(base.toString(), "."),
                failure);
    }

    private static String ofCsv(String message, String line, Reading reading) {
        var file = CSV_FILE.matcher(message);
        return (file.find() ? file.group(1) : "a CSV file")
                + ", line "
                + line
                + ": "
                + complaint(message, reading);
    }

    private static String complaint(String message, Reading reading) {
        Matcher found = CELL.matcher(message);
        if (found.find()) {
            return "column %s holds what is no %s: mend the cell, %s"
                    .formatted(
                            found.group(1),
                            found.group(2),
                            reading == Reading.TEXT
                                    ? "or use try_cast, which gives null there"
                                    : "or read cells as texts with \"csv: text\" under source");
        }
        found = WIDTH.matcher(message);
        if (found.find()) {
            return "%s columns, expected %s: mend the row, or read the file with read_csv(…, null_padding = true) or ignore_errors = true"
                    .formatted(found.group(2), found.group(1));
        }
        found = LINE_SIZE.matcher(message);
        if (found.find()) {
            return "the row is longer than %s bytes: read the file with read_csv(…, max_line_size = 20000000)"
                    .formatted(found.group(1));
        }
        if (message.contains("Invalid unicode")) {
            return "is not UTF-8: convert the file, or read it with read_csv(…, encoding = 'latin-1')";
        }
        if (message.contains("unterminated quote")) {
            return "a quote stays open: mend the row, or read the file with read_csv(…, quote = '')";
        }
        return "cannot be read as CSV: name its form with read_csv(…, delim = ';', quote = '\"')";
    }

    /** What follows an empty line repeats the query, with the names of files made absolute. */
    private static String firstParagraph(String message) {
        var withoutContent = CONTENT.matcher(message).replaceAll("$1 of a cell");
        var words =
                withoutContent
                        .lines()
                        .takeWhile(line ->
                                !line.isBlank()
                                        && !line.startsWith("LINE ")
                                        && !line.contains("Candidate functions"))
                        .map(String::strip)
                        .collect(Collectors.joining(" "));
        return words.length() <= WORDS_MAX ? words : words.substring(0, WORDS_MAX) + "…";
    }

    private static String hint(String message, Reading reading) {
        if (message.contains("Permission Error")) {
            return " (a source reads only files in the pipeline's own folder, and this one is, or leads, outside the pipeline's folder; \"allow-outside: true\" in the pipeline file allows others)";
        }
        if (reading == Reading.TEXT
                && message.contains("VARCHAR")
                && message.contains("Binder Error")) {
            return " (cells of CSV files are texts: cast them, as in price::double, or write \"csv: typed\" under source)";
        }
        if (reading == Reading.TEXT && message.contains("when casting from source column")) {
            return ": mend the cell, or use try_cast, which gives null there";
        }
        return "";
    }
}

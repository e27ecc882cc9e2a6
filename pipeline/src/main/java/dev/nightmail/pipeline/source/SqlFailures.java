package dev.nightmail.pipeline.source;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
    private static final String UTF_16 =
            ": is UTF-16: convert the file to UTF-8, or read it with read_csv(…, encoding = 'utf-16')";
    private static final Pattern SNIFFED = Pattern.compile("Error when sniffing file \"([^\"]*)\"");

    private static final List<Character> DELIMITERS = List.of(',', ';', '\t', '|');

    private static final Pattern BINDINGS =
            Pattern.compile("(?m)Referenced column .* not found .*\\n^Candidate bindings: (.*)$");
    private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"]|\"\")*)\"");

    /** How the database names columns without a header. */
    private static final Pattern NAMED_BY_PLACE = Pattern.compile("column\\d+");

    private static final Pattern CONTENT =
            Pattern.compile(
                    "(string|value|input|text) (['\"]).*\\2(?= (?:to|is|as|when|into|in)\\b)",
                    Pattern.DOTALL);

    /** What the database repeats of a text that is no JSON. */
    private static final Pattern INPUT = Pattern.compile("\\s*Input: \".*", Pattern.DOTALL);

    /** A text that has not the form of a time is repeated twice, the second time with a mark. */
    private static final Pattern TIME =
            Pattern.compile(
                    "string \".*?\" according to format specifier (\"[^\"\n]*\")\n.*\n\\s*\\^\\s*\n",
                    Pattern.DOTALL);

    private static final Pattern DATE =
            Pattern.compile("field format: \".*\", expected", Pattern.DOTALL);

    private static final Pattern PART_OF_TIME =
            Pattern.compile("specifier \".*\" not recognized", Pattern.DOTALL);

    /** What is said of a regular expression that a column holds ends with the expression. */
    private static final Pattern EXPRESSION =
            Pattern.compile(
                    "(missing \\S+|unexpected \\)|invalid escape sequence|no argument for repetition operator|bad repetition operator|invalid perl operator|invalid character class range|invalid repetition size|invalid named capture group): .*",
                    Pattern.DOTALL);

    /** What follows shows the line. */
    private static final Pattern LATE_JSON =
            Pattern.compile("JSON transform error in file \"(.*?)\", in line (\\d+)");

    private static final Pattern UNLIKE_FILES =
            Pattern.compile(
                    "Schema mismatch between globbed files\\.\\s+Main file schema: (.*?)\\s+Current file: (\\S+)",
                    Pattern.DOTALL);

    private SqlFailures() {}

    static SourceException of(SQLException failure, QueryPlaces places, Reading reading) {
        var message = String.valueOf(failure.getMessage());
        var line = CSV_LINE.matcher(message);
        var sniffed = SNIFFED.matcher(message);
        var late = LATE_JSON.matcher(message);
        var unlike = UNLIKE_FILES.matcher(message);
        if (late.find()) {
            return told(
                    "%s, line %s: a field or a type that the first lines of the file did not show: read it with read_json('%1$s', sample_size = -1), which looks at all of it first"
                            .formatted(late.group(1), late.group(2)),
                    places,
                    null);
        }
        if (unlike.find()) {
            return told(
                    "%s has other columns than %s: give it the same header, or read both by the names of their columns with read_csv(…, union_by_name = true)"
                            .formatted(unlike.group(2), unlike.group(1)),
                    places,
                    null);
        }
        var words =
                line.find()
                        ? ofCsv(message, line.group(1), reading)
                        : sniffed.find()
                                ? ofForm(sniffed.group(1))
                                : firstParagraph(places.shown(message)) + hint(message, reading);
        return told(words, places, failure);
    }

    /**
     * In words of ours.
     *
     * @param failure null if what it says shows what stands in the file
     */
    private static SourceException told(
            String words, QueryPlaces places, @Nullable SQLException failure) {
        return new SourceException("source.sql: " + places.shown(words), failure);
    }

    /** A file in which the database found neither rows of one length nor anything else. */
    private static String ofForm(String file) {
        var text = CsvText.of(Path.of(file));
        if (text.filter(CsvText::isUtf16).isPresent()) {
            return file + UTF_16;
        }
        return text.map(csv -> unread(csv, List.of()))
                .filter(reason -> !reason.isEmpty())
                .map(reason -> file + reason)
                .orElse(
                        file
                                + " cannot be read as CSV: name its form with read_csv(…, delim = ';', quote = '\"')");
    }

    private static String ofCsv(String message, String line, Reading reading) {
        var found = CSV_FILE.matcher(message);
        var file = found.find() ? found.group(1) : null;
        var text = file == null ? Optional.<CsvText>empty() : CsvText.of(Path.of(file));
        var name = file == null ? "a CSV file" : file;
        if (message.contains("Invalid unicode") && text.filter(CsvText::isUtf16).isPresent()) {
            return name + UTF_16;
        }
        var size = LINE_SIZE.matcher(message);
        if (size.find()) {
            // The database gives the line at which it began to read a part of the file.
            long row = text.map(csv -> csv.longRow(Long.parseLong(size.group(1)))).orElse(0L);
            return name + (row == 0 ? "" : ", line " + row) + ": " + complaint(message, reading);
        }
        return name + ", line " + line + ": " + complaint(message, reading);
    }

    /**
     * Says why there is no column id, as far as the files tell.
     *
     * @param files that the query reads
     */
    static SourceException withoutId(List<String> columns, List<Path> files, QueryPlaces places) {
        var words =
                misread(columns, files, places)
                        .orElse(
                                "the result has no column id (it has "
                                        + String.join(", ", columns)
                                        + "): name the record's own key with \"as id\"");
        return new SourceException("source.sql: " + words, null);
    }

    /**
     * As {@link #of}, and says so where a column is not found because a file was read otherwise
     * than it looks.
     */
    static SourceException of(
            SQLException failure, QueryPlaces places, Reading reading, Files files)
            throws SQLException {
        var bindings = BINDINGS.matcher(String.valueOf(failure.getMessage()));
        if (!bindings.find()) {
            return of(failure, places, reading);
        }
        var columns =
                QUOTED.matcher(bindings.group(1))
                        .results()
                        .map(name -> name.group(1).replace("\"\"", "\""))
                        .toList();
        return misread(columns, files.read(), places)
                .map(words -> new SourceException("source.sql: " + words, failure))
                .orElseGet(() -> of(failure, places, reading));
    }

    /** The files of a query, which are looked for only if they are asked for. */
    interface Files {
        List<Path> read() throws SQLException;
    }

    private static Optional<String> misread(
            List<String> columns, List<Path> files, QueryPlaces places) {
        for (var file : files) {
            var reason = CsvText.of(file).map(csv -> unread(csv, columns)).orElse("");
            if (!reason.isEmpty()) {
                return Optional.of(places.shown(file.toString()) + reason);
            }
        }
        return Optional.empty();
    }

    /**
     * Why a file did not give the columns its header has; empty if that is not what happened.
     *
     * @param columns that it gave; empty if it gave none
     */
    private static String unread(CsvText csv, List<String> columns) {
        if (csv.isEmpty()) {
            return " is empty";
        }
        var header = csv.header();
        if (header == null) {
            return "";
        }
        var asOne = columns.contains(header);
        var namedByPlace =
                columns.stream().allMatch(name -> NAMED_BY_PLACE.matcher(name).matches());
        var besideHeader = columns.stream().noneMatch(header::contains);
        if (!asOne && !namedByPlace && !besideHeader) {
            return "";
        }
        for (char delimiter : DELIMITERS) {
            if (header.indexOf(delimiter) < 0) {
                continue;
            }
            var fault = csv.fault(delimiter);
            if (fault == null && besideHeader && !namedByPlace) {
                return " was not read as its header says: read the file with read_csv(…, header = true, delim = '"
                        + (delimiter == '\t' ? "\\t" : delimiter)
                        + "')";
            }
            if (asOne || fault != null) {
                return (asOne ? " was read as one column: " : " has no rows of one length: ")
                        + (fault == null
                                ? "its rows differ in length or a quote stays open: look for a row unlike the others"
                                : fault + ": mend the row")
                        + ", or read the file with read_csv(…, header = true, delim = '"
                        + (delimiter == '\t' ? "\\t" : delimiter)
                        + "', null_padding = true)";
            }
        }
        return "";
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
        var words =
                withoutContent(message)
                        .lines()
                        .takeWhile(line ->
                                !line.isBlank()
                                        && !line.startsWith("LINE ")
                                        && !line.contains("Candidate functions"))
                        .map(String::strip)
                        .collect(Collectors.joining(" "));
        return words.length() <= WORDS_MAX ? words : words.substring(0, WORDS_MAX) + "…";
    }

    private static String withoutContent(String message) {
        var text = INPUT.matcher(message).replaceFirst("");
        text = TIME.matcher(text).replaceAll("string of a cell according to $1: ");
        text = DATE.matcher(text).replaceAll("field format in a cell, expected");
        text = PART_OF_TIME.matcher(text).replaceAll("specifier not recognized");
        text = EXPRESSION.matcher(text).replaceAll("$1 in a regular expression");
        return CONTENT.matcher(text).replaceAll("$1 of a cell");
    }

    private static String hint(String message, Reading reading) {
        if (message.contains("Permission Error")) {
            return " (a source reads only files in the pipeline's own folder, and this one is, or leads, outside the pipeline's folder; \"allow-outside: true\" in the pipeline file allows others)";
        }
        if (message.contains("GZIP")) {
            return ": the file is no gzip file, or not whole: fetch it or pack it anew";
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

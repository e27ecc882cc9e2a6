package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.natives.DuckDb;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.sink.SinkFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells by its content whether a file was written by a release that kept no notes of what it wrote.
 * A table of answers begins with a record the state knows, a report with the pipeline's name.
 */
final class FormerOutput {

    /** Enough of a file for its first row; an id is short. */
    private static final int HEAD_BYTES = 1 << 20;

    private FormerOutput() {}

    static boolean isOne(NamedFile output, PipelineDefinition pipeline, Predicate<String> knownIds)
            throws IOException {
        var path = output.path();
        if (Files.size(path) == 0) {
            return true;
        }
        if (output.key().equals("sink.report")) {
            return head(path)
                    .contains("<title>" + ReportPage.escaped(pipeline.name()) + "</title>");
        }
        var format =
                SinkFormat.ofFileName(String.valueOf(path.getFileName())).orElse(SinkFormat.JSONL);
        return switch (format) {
            case JSONL -> knownIds.test(firstIdOfJson(head(path)));
            case CSV -> isTableOfCells(head(path), knownIds);
            case PARQUET -> knownIds.test(firstIdOfParquet(path));
        };
    }

    private static String head(Path path) throws IOException {
        try (var in = Files.newInputStream(path)) {
            return new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8);
        }
    }

    private static String firstIdOfJson(String text) {
        try {
            var line = text.lines().findFirst().orElse("");
            return JsonMapper.shared().readTree(line).path("id").asString("");
        } catch (JacksonException _) {
            return "";
        }
    }

    private static boolean isTableOfCells(String text, Predicate<String> knownIds) {
        var rows = text.split("\r\n", 2);
        if (!rows[0].startsWith("id,") || rows.length < 2) {
            return false;
        }
        return rows[1].isEmpty() || knownIds.test(firstCell(rows[1]));
    }

    private static String firstCell(String row) {
        var cell = new StringBuilder();
        var quoted = row.startsWith("\"");
        for (int index = quoted ? 1 : 0; index < row.length(); index++) {
            var letter = row.charAt(index);
            if (quoted && letter == '"') {
                if (index + 1 >= row.length() || row.charAt(index + 1) != '"') {
                    break;
                }
                index++;
            } else if (!quoted && letter == ',') {
                break;
            }
            cell.append(letter);
        }
        // That release put an apostrophe in front of ids that look like formulas.
        var isGuarded = cell.length() > 1 && cell.charAt(0) == '\'';
        return isGuarded && "=+-@\t\r".indexOf(cell.charAt(1)) >= 0
                ? cell.substring(1)
                : cell.toString();
    }

    private static String firstIdOfParquet(Path path) {
        try (var connection = DuckDb.connect(new Properties());
                var query = connection.prepareStatement("select id from read_parquet(?) limit 1")) {
            query.setString(1, path.toString());
            try (var rows = query.executeQuery()) {
                return rows.next() ? String.valueOf(rows.getString(1)) : "";
            }
        } catch (SQLException _) {
            // No Parquet file, or none with this column: none of ours.
            return "";
        }
    }
}

package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.natives.DuckDb;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.streams.ZstdFrames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one SELECT, streamed out of an in-memory DuckDB.
 *
 * <p>The query comes from a file that may have come from anywhere, so it runs in a sandbox: it
 * reads files below the pipeline's folder and nothing else, unless its author allows more, writes
 * nothing, loads no extension, and cannot change these settings. The sandbox follows links, so the
 * files a query names are looked at before: a link out of the folder is outside.
 */
final class SqlSource implements RecordSource {

    /** DuckDB's JDBC driver says so of every failure that it meets while it hands out rows. */
    private static final String LOST_FAILURE = "Invalid result set";

    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** What SQL calls without parentheses, or takes a sample by. */
    private static final Set<String> TIME_WORDS =
            Set.of(
                    "current_date",
                    "current_time",
                    "current_timestamp",
                    "localtime",
                    "localtimestamp",
                    "now",
                    "today",
                    "sample",
                    "tablesample");

    private final PathRule paths;
    private final String query;
    private final Reading reading;

    SqlSource(PathRule paths, String query, Reading reading) {
        this.paths = paths;
        this.query = query;
        this.reading = reading;
    }

    @Override
    public RecordCursor open(@Nullable String position) {
        var base = base();
        try {
            var resolved = resolved(base);
            refuseCutOff(base, resolved.names());
            try {
                return cursor(base, resolved);
            } catch (SQLException e) {
                throw SqlFailures.of(e, base, reading, () -> filesOf(base, resolved.names()));
            }
        } catch (SQLException e) {
            throw SqlFailures.of(e, base, reading);
        }
    }

    /** A query that depends on more than its files, such as the time, has to be run. */
    @Override
    public @Nullable String fingerprint() {
        var base = base();
        try (var connection = connect(base, false)) {
            if (usesMoreThanFiles(connection)) {
                return null;
            }
            var seen = new FilesSeen(query + "\0" + reading);
            for (var name : new QueryFiles(base, reading).names(connection, query)) {
                for (var file : filesOf(connection, name)) {
                    if (!seen.add(file)) {
                        return null;
                    }
                }
            }
            return seen.fingerprint();
        } catch (SQLException _) {
            // Reading it tells better what is wrong.
            return null;
        }
    }

    private boolean usesMoreThanFiles(Connection connection) throws SQLException {
        var words =
                WORD.matcher(query)
                        .results()
                        .map(word -> word.group().toLowerCase(Locale.ROOT))
                        .collect(Collectors.toUnmodifiableSet());
        if (!Collections.disjoint(words, TIME_WORDS)) {
            return true;
        }
        try (var statement = connection.createStatement();
                var names =
                        statement.executeQuery(
                                "select distinct function_name from duckdb_functions() where stability <> 'CONSISTENT'")) {
            while (names.next()) {
                if (words.contains(names.getString(1).toLowerCase(Locale.ROOT))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Of a zstd file that was cut off DuckDB gives what there is, and says nothing. */
    private void refuseCutOff(Path base, List<String> names) throws SQLException {
        var packed = names.stream().filter(ZstdFrames::isName).toList();
        if (packed.isEmpty()) {
            return;
        }
        for (var file : filesOf(base, packed)) {
            try {
                if (!ZstdFrames.areWhole(file)) {
                    throw new SourceException(
                            "source.sql: %s is no zstd file, or not whole: fetch it or pack it anew"
                                    .formatted(file.toString().replace(base + "/", "")));
                }
            } catch (IOException _) {
                // Whoever reads it in a moment says why it cannot be read.
            }
        }
    }

    /** As {@link SourceDefinition#conflicts}. */
    List<String> conflicts(List<NamedFile> outputs) {
        var base = base();
        var conflicts = new ArrayList<String>();
        try (var connection = connect(base, false)) {
            var ignoresCase = QueryFiles.ignoresCase(base);
            for (var name : new QueryFiles(base, reading).names(connection, query)) {
                var files = filesOf(connection, name);
                for (var output : outputs) {
                    var place = PathRule.real(output.path());
                    // What is there is not what is missing: only a dangling link can be it.
                    boolean isThere = Files.exists(place);
                    if (QueryFiles.matches(name, place, ignoresCase)
                            || files.stream()
                                    .filter(file -> isThere || !Files.exists(file.normalize()))
                                    .anyMatch(file -> PathRule.same(file, output.path()))) {
                        conflicts.add(conflict(output, name, base));
                    }
                }
            }
        } catch (SQLException e) {
            throw SqlFailures.of(e, base, reading);
        }
        return conflicts;
    }

    private String conflict(NamedFile output, String name, Path base) {
        return "%s: %s is read by the source ('%s'), and would be overwritten: write it to another folder, such as out/%s"
                .formatted(
                        output.key(),
                        paths.shown(output.path()),
                        name.startsWith(base + "/")
                                ? name.substring(base.toString().length() + 1)
                                : name,
                        output.path().getFileName());
    }

    private Path base() {
        try {
            // The sandbox compares real paths: a folder reached through a link would refuse its own
            // files.
            var base = paths.folder().toRealPath();
            if (Globs.firstChoice(base.toString()) < base.toString().length()) {
                throw new SourceException(
                        "source.sql: the pipeline's folder "
                                + base
                                + " has a name with *, ?, [ or { in it, which a query takes for a pattern: rename the folder");
            }
            return base;
        } catch (IOException e) {
            throw new SourceException(
                    "source.sql: cannot read the folder " + paths.folder() + ": " + e.getMessage(),
                    e);
        }
    }

    private QueryFiles.Resolved resolved(Path base) throws SQLException {
        try (var connection = connect(base, false)) {
            var resolved = new QueryFiles(base, reading).resolve(connection, query);
            if (!paths.allowOutside()) {
                for (var name : resolved.names()) {
                    refuseOutside(connection, name);
                }
            }
            return resolved;
        }
    }

    private void refuseOutside(Connection connection, String name) throws SQLException {
        if (Globs.firstChoice(name) == name.length()) {
            refuseOutside(Path.of(name));
            return;
        }
        if (name.contains("/../")) {
            throw new SourceException(
                    "source.sql: a pattern with \"..\" may lead outside the pipeline's folder: write it without, or write \"allow-outside: true\" in the pipeline file");
        }
        refuseOutside(QueryFiles.folderOf(name));
        for (var file : filesOf(connection, name)) {
            refuseOutside(file);
        }
    }

    private void refuseOutside(Path file) {
        paths.refusal(file)
                .ifPresent(reason -> {
                    throw new SourceException("source.sql: " + reason);
                });
    }

    /** What a name or a pattern stands for now. */
    private static List<Path> filesOf(Connection connection, String name) throws SQLException {
        var files = new ArrayList<Path>();
        try (var statement = connection.prepareStatement("select file from glob(?)")) {
            statement.setString(1, name);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    files.add(Path.of(rows.getString(1)));
                }
            }
        }
        return files;
    }

    private List<Path> filesOf(Path base, List<String> names) throws SQLException {
        var files = new ArrayList<Path>();
        try (var connection = connect(base, false)) {
            for (var name : names) {
                files.addAll(filesOf(connection, name));
            }
        }
        return files;
    }

    private Connection connect(Path base, boolean streaming) throws SQLException {
        var properties = new Properties();
        properties.setProperty("jdbc_stream_results", String.valueOf(streaming));
        var connection = DuckDb.connect(properties);
        var readable = paths.allowOutside() ? base.getRoot() : base;
        try (var statement = connection.createStatement()) {
            statement.execute("set autoinstall_known_extensions = false");
            statement.execute("set autoload_known_extensions = false");
            if (reading != Reading.EARLIER) {
                // A time must have the same text on every machine: it is part of what is asked.
                statement.execute("set TimeZone = 'UTC'");
            }
            statement.execute(
                    "set allowed_directories = ['" + readable.toString().replace("'", "''") + "']");
            statement.execute("set enable_external_access = false");
            statement.execute("set lock_configuration = true");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private RecordCursor cursor(Path base, QueryFiles.Resolved resolved) throws SQLException {
        var sql = resolved.sql();
        var connection = connect(base, true);
        Statement statement = null;
        try {
            statement = connection.createStatement();
            var rows = statement.executeQuery(sql);
            return new RowCursor(
                    base, sql, connection, statement, rows, columns(base, resolved.names(), rows));
        } catch (SQLException e) {
            close(statement);
            connection.close();
            throw told(base, sql, e);
        } catch (RuntimeException e) {
            close(statement);
            connection.close();
            throw e;
        }
    }

    private static void close(@Nullable Statement statement) throws SQLException {
        if (statement != null) {
            statement.close();
        }
    }

    /** The database's own words for a failure that reached us without them: asked once more. */
    private SQLException told(Path base, String sql, SQLException failure) {
        if (!String.valueOf(failure.getMessage()).contains(LOST_FAILURE)) {
            return failure;
        }
        // Every column of every row is computed, and none is kept.
        try (var connection = connect(base, false);
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "select count(hash(source)) from (" + sql + ") source")) {
            rows.next();
            return failure;
        } catch (SQLException told) {
            return told;
        }
    }

    private List<String> columns(Path base, List<String> names, ResultSet rows)
            throws SQLException {
        var metadata = rows.getMetaData();
        var columns = new ArrayList<String>();
        for (int column = 1; column <= metadata.getColumnCount(); column++) {
            var label = metadata.getColumnLabel(column);
            if (columns.contains(label)) {
                throw new SourceException(
                        "source.sql: two columns are named " + label + ": rename one with \"as\"");
            }
            columns.add(label);
        }
        if (!columns.contains("id")) {
            throw SqlFailures.withoutId(columns, filesOf(base, names), base);
        }
        return columns;
    }

    private final class RowCursor implements RecordCursor {
        private final Path base;
        private final String sql;
        private final Connection connection;
        private final Statement statement;
        private final ResultSet rows;
        private final List<String> columns;
        private long row;

        RowCursor(
                Path base,
                String sql,
                Connection connection,
                Statement statement,
                ResultSet rows,
                List<String> columns) {
            this.base = base;
            this.sql = sql;
            this.connection = connection;
            this.statement = statement;
            this.rows = rows;
            this.columns = columns;
        }

        @Override
        public @Nullable SourceItem next() {
            try {
                if (!rows.next()) {
                    return null;
                }
                row++;
                return item();
            } catch (SQLException e) {
                throw SqlFailures.of(told(base, sql, e), base, reading);
            }
        }

        @Override
        public Optional<String> place() {
            return Optional.of("row " + row + " of the query");
        }

        private SourceItem item() throws SQLException {
            var fields = new LinkedHashMap<String, @Nullable Object>();
            String flaw = null;
            for (int index = 0; index < columns.size(); index++) {
                var name = columns.get(index);
                try {
                    fields.put(name, SqlValues.plain(rows, index + 1, name, reading));
                } catch (UnusableValueException e) {
                    flaw = e.getMessage();
                }
            }
            return SourceItem.ofRow(fields, flaw);
        }

        @Override
        public void close() {
            try (connection;
                    statement;
                    rows) {
                // Closing is all there is to do.
            } catch (SQLException e) {
                throw SqlFailures.of(e, base, reading);
            }
        }
    }
}

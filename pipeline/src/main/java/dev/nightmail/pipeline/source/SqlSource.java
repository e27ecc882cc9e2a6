package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.natives.DuckDb;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.s3.S3Failure;
import dev.nightmail.pipeline.s3.S3Place;
import dev.nightmail.pipeline.s3.S3Store;
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
 *
 * <p>DuckDB is given no way to S3: what {@code s3://} names is copied to this machine before the
 * query begins, see {@link ObjectCopies}.
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
    private final Path workFolder;

    /** One that has no work folder of its own to name. */
    SqlSource(PathRule paths, String query, Reading reading) {
        this(paths, query, reading, paths.folder().resolve(".nightmail").resolve("source.work"));
    }

    /**
     * @param workFolder where objects are copied to while they are read
     */
    SqlSource(PathRule paths, String query, Reading reading, Path workFolder) {
        this.paths = paths;
        this.query = query;
        this.reading = reading;
        this.workFolder = workFolder;
    }

    @Override
    public RecordCursor open(@Nullable String position) {
        var base = base();
        var copies = copies(base);
        try {
            return cursor(new QueryPlaces(base, copies == null ? null : copies.folder()), copies);
        } catch (RuntimeException e) {
            close(copies);
            throw e;
        }
    }

    /** Null if the query names no objects. */
    private @Nullable ObjectCopies copies(Path base) {
        var objects = objects(base);
        if (objects.isEmpty()) {
            return null;
        }
        var copies = ObjectCopies.fetch(workFolder, objects);
        if (isPattern(copies.folder())) {
            copies.close();
            throw new SourceException(
                    "source.sql: the name of the pipeline file has *, ?, [ or { in it, which a query takes for a pattern: rename the file");
        }
        return copies;
    }

    private List<ObjectPattern> objects(Path base) {
        if (!query.contains(S3Place.SCHEME)) {
            return List.of();
        }
        try (var connection = connect(QueryPlaces.of(base), false)) {
            return QueryFiles.names(connection, query, base).stream()
                    .filter(S3Place::isName)
                    .map(ObjectPattern::of)
                    .toList();
        } catch (SQLException e) {
            throw SqlFailures.of(e, QueryPlaces.of(base), reading);
        }
    }

    private static void close(@Nullable ObjectCopies copies) {
        if (copies != null) {
            copies.close();
        }
    }

    private RecordCursor cursor(QueryPlaces places, @Nullable ObjectCopies copies) {
        try {
            var resolved = resolved(places);
            refuseCutOff(places, resolved.names());
            try {
                return cursor(places, copies, resolved);
            } catch (SQLException e) {
                throw SqlFailures.of(e, places, reading, () -> filesOf(places, resolved.names()));
            }
        } catch (SQLException e) {
            throw SqlFailures.of(e, places, reading);
        }
    }

    /** A query that depends on more than its files, such as the time, has to be run. */
    @Override
    public @Nullable String fingerprint() {
        var base = base();
        try (var connection = connect(QueryPlaces.of(base), false)) {
            if (usesMoreThanFiles(connection)) {
                return null;
            }
            var seen = new FilesSeen(query + "\0" + reading);
            var objects = new ArrayList<ObjectPattern>();
            for (var name : QueryFiles.names(connection, query, base)) {
                if (S3Place.isName(name)) {
                    objects.add(ObjectPattern.of(name));
                    continue;
                }
                for (var file : filesOf(connection, name)) {
                    if (!seen.add(file)) {
                        return null;
                    }
                }
            }
            if (!objects.isEmpty()) {
                addTo(seen, objects);
            }
            return seen.fingerprint();
        } catch (SQLException _) {
            // Reading it tells better what is wrong.
            return null;
        }
    }

    /** Objects are listed, not read. */
    private static void addTo(FilesSeen seen, List<ObjectPattern> objects) {
        try (var store = S3Store.open()) {
            for (var pattern : objects) {
                pattern.find(store).forEach(seen::add);
            }
        } catch (S3Failure e) {
            throw new SourceException("source.sql: " + e.getMessage(), e);
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
    private void refuseCutOff(QueryPlaces places, List<String> names) throws SQLException {
        var packed = names.stream().filter(ZstdFrames::isName).toList();
        if (packed.isEmpty()) {
            return;
        }
        for (var file : filesOf(places, packed)) {
            try {
                if (!ZstdFrames.areWhole(file)) {
                    throw new SourceException(
                            "source.sql: %s is no zstd file, or not whole: fetch it or pack it anew"
                                    .formatted(places.shown(file.toString())));
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
        var places = QueryPlaces.of(base);
        try (var connection = connect(places, false)) {
            var ignoresCase = QueryFiles.ignoresCase(base);
            for (var name : QueryFiles.names(connection, query, base)) {
                if (S3Place.isName(name)) {
                    continue;
                }
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
            throw SqlFailures.of(e, places, reading);
        }
        return conflicts;
    }

    /** As {@link SourceDefinition#conflictsElsewhere}. */
    List<String> conflictsElsewhere(List<String> places) {
        var conflicts = new ArrayList<String>();
        for (var pattern : objects(base())) {
            for (var place : places) {
                if (pattern.matches(place)) {
                    conflicts.add(
                            "sink.file: %s is read by the source ('%s'), and would be replaced: name a key that it does not match, as in out/%s"
                                    .formatted(
                                            place,
                                            pattern.named(),
                                            place.substring(place.lastIndexOf('/') + 1)));
                }
            }
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
            if (isPattern(base)) {
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

    private static boolean isPattern(Path path) {
        var name = path.toString();
        return Globs.firstChoice(name) < name.length();
    }

    private QueryFiles.Resolved resolved(QueryPlaces places) throws SQLException {
        try (var connection = connect(places, false)) {
            var resolved = new QueryFiles(places, reading).resolve(connection, query);
            for (var name : resolved.names()) {
                if (places.isCopy(name)) {
                    continue;
                }
                if (places.copies() != null) {
                    refuseCopies(connection, places, name);
                }
                if (!paths.allowOutside()) {
                    refuseOutside(connection, name);
                }
            }
            return resolved;
        }
    }

    /** A pattern matches hidden folders, too. */
    private static void refuseCopies(Connection connection, QueryPlaces places, String name)
            throws SQLException {
        for (var file : filesOf(connection, name)) {
            if (places.isCopy(file.toString())) {
                throw new SourceException(
                        "source.sql: '%s' also matches the copies of s3:// objects below .nightmail: begin the pattern with a folder"
                                .formatted(places.shown(name)));
            }
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

    private List<Path> filesOf(QueryPlaces places, List<String> names) throws SQLException {
        var files = new ArrayList<Path>();
        try (var connection = connect(places, false)) {
            for (var name : names) {
                files.addAll(filesOf(connection, name));
            }
        }
        return files;
    }

    private Connection connect(QueryPlaces places, boolean streaming) throws SQLException {
        var properties = new Properties();
        properties.setProperty("jdbc_stream_results", String.valueOf(streaming));
        var connection = DuckDb.connect(properties);
        var base = places.base();
        var readable = new ArrayList<Path>();
        readable.add(paths.allowOutside() ? base.getRoot() : base);
        if (places.copies() != null) {
            readable.add(places.copies());
        }
        try (var statement = connection.createStatement()) {
            statement.execute("set autoinstall_known_extensions = false");
            statement.execute("set autoload_known_extensions = false");
            if (reading != Reading.EARLIER) {
                // A time must have the same text on every machine: it is part of what is asked.
                statement.execute("set TimeZone = 'UTC'");
            }
            statement.execute(
                    readable.stream()
                            .map(folder -> "'" + folder.toString().replace("'", "''") + "'")
                            .collect(Collectors.joining(", ", "set allowed_directories = [", "]")));
            statement.execute("set enable_external_access = false");
            statement.execute("set lock_configuration = true");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private RecordCursor cursor(
            QueryPlaces places, @Nullable ObjectCopies copies, QueryFiles.Resolved resolved)
            throws SQLException {
        var sql = resolved.sql();
        var connection = connect(places, true);
        Statement statement = null;
        try {
            statement = connection.createStatement();
            var rows = statement.executeQuery(sql);
            return new RowCursor(
                    places,
                    copies,
                    sql,
                    connection,
                    statement,
                    rows,
                    columns(places, resolved.names(), rows));
        } catch (SQLException e) {
            close(statement);
            connection.close();
            throw told(places, sql, e);
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
    private SQLException told(QueryPlaces places, String sql, SQLException failure) {
        if (!String.valueOf(failure.getMessage()).contains(LOST_FAILURE)) {
            return failure;
        }
        // Every column of every row is computed, and none is kept.
        try (var connection = connect(places, false);
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

    private List<String> columns(QueryPlaces places, List<String> names, ResultSet rows)
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
            throw SqlFailures.withoutId(columns, filesOf(places, names), places);
        }
        return columns;
    }

    private final class RowCursor implements RecordCursor {
        private final QueryPlaces places;
        private final @Nullable ObjectCopies copies;
        private final String sql;
        private final Connection connection;
        private final Statement statement;
        private final ResultSet rows;
        private final List<String> columns;
        private long row;

        RowCursor(
                QueryPlaces places,
                @Nullable ObjectCopies copies,
                String sql,
                Connection connection,
                Statement statement,
                ResultSet rows,
                List<String> columns) {
            this.places = places;
            this.copies = copies;
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
                throw SqlFailures.of(told(places, sql, e), places, reading);
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
                    var value = SqlValues.plain(rows, index + 1, name, reading);
                    // Such as what DuckDB calls filename.
                    fields.put(name, value instanceof String text ? places.named(text) : value);
                } catch (UnusableValueException e) {
                    flaw = e.getMessage();
                }
            }
            return SourceItem.ofRow(fields, flaw);
        }

        @Override
        public void close() {
            try (copies;
                    connection;
                    statement;
                    rows) {
                // Closing is all there is to do.
            } catch (SQLException e) {
                throw SqlFailures.of(e, places, reading);
            }
        }
    }
}

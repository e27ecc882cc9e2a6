package dev.nightmail.pipeline.database;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.sink.Columns;
import dev.nightmail.pipeline.sink.FileMode;
import dev.nightmail.pipeline.sink.FileSinkDefinition;
import dev.nightmail.pipeline.sink.Formulas;
import dev.nightmail.pipeline.sink.Sink;
import dev.nightmail.pipeline.sink.SinkContext;
import dev.nightmail.pipeline.sink.SinkDefinition;
import dev.nightmail.pipeline.sink.SinkFormat;
import dev.nightmail.pipeline.sink.SinkProvider;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** {@code sink: { database: { url: …, table: …, key: … } }}. */
public final class DatabaseSinkProvider implements SinkProvider {

    /** What becomes of the rows of a table. */
    enum Mode {
        /** One row an id: a newer answer takes the place of the older one. */
        UPSERT,
        /** Rows that are there get their answers, and no row is made. */
        UPDATE
    }

    private static final Key<String> TABLE =
            Key.of("table", Kinds.text(), "The table; it is made if it is missing.")
                    .required("give a text");
    private static final Key<String> KEY =
            Key.of("key", Kinds.text(), "The column that holds the record's id.")
                    .orElse(Columns.ID);
    private static final Key<Mode> MODE =
            Key.of(
                            "mode",
                            Kinds.choice(Mode.class),
                            "What becomes of the rows of the table: upsert makes one for each id, or replaces its columns; update writes only into rows that are there.")
                    .orElse(Mode.UPSERT, "upsert");
    private static final Key<YamlSection> DATABASE =
            Key.of(
                            "database",
                            Kinds.section(
                                    DatabaseSection.with(TABLE, KEY, MODE),
                                    "{ url: \"${DATABASE_URL}\", table: ticket_label }"),
                            "A table of a database.")
                    .required("give a database");

    /**
     * Answers as rows of a table.
     *
     * @param key the column that holds the record's id
     * @param sampleFile where a sample goes: never into a database
     */
    record DatabaseTable(DatabaseUrl url, String table, String key, Mode mode, Path sampleFile)
            implements SinkDefinition {

        @Override
        public Path folder() {
            return sampleFile.resolveSibling("");
        }

        @Override
        public String place() {
            return "table " + table + " in " + url;
        }

        @Override
        public SinkDefinition sample() {
            return new FileSinkDefinition(
                    sampleFile, SinkFormat.JSONL, Formulas.ESCAPE, false, FileMode.REPLACE);
        }

        @Override
        public Sink open(SinkContext context) {
            return new DatabaseSink(this, context);
        }
    }

    @Override
    public String key() {
        return "database";
    }

    @Override
    public String shape() {
        return "{ database: { url: …, table: … } }";
    }

    @Override
    public Keys keys() {
        return Keys.of(DATABASE);
    }

    @Override
    public @Nullable SinkDefinition read(YamlSection sink, PathRule paths, String pipeline) {
        var database = sink.read(DATABASE);
        if (database == null) {
            return null;
        }
        var url = DatabaseSection.url(database, paths);
        var table = database.read(TABLE);
        var key = database.valueOf(KEY);
        var mode = database.valueOf(MODE);
        if (url != null && url.dialect() == Dialect.OTHER) {
            database.problem(
                    "url",
                    "is of a kind that can be read only: a sink writes to PostgreSQL, MariaDB, MySQL and SQLite");
            return null;
        }
        if (url != null
                && url.dialect() == Dialect.SQLITE
                && PathRule.same(url.file(), paths.folder().resolve(pipeline + ".state.db"))) {
            database.problem("url", "is the pipeline's own state: name another file");
            return null;
        }
        if (url == null || table == null) {
            return null;
        }
        return new DatabaseTable(
                url, table, key, mode, paths.folder().resolve(pipeline + ".sample.jsonl"));
    }
}

package dev.nightmail.pipeline.database;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceContext;
import dev.nightmail.pipeline.source.SourceDefinition;
import dev.nightmail.pipeline.source.SourceProvider;
import org.jspecify.annotations.Nullable;

/** {@code source: { database: { url: …, sql: …, cursor: … } }}. */
public final class DatabaseSourceProvider implements SourceProvider {

    private static final Key<String> SQL =
            Key.of("sql", Kinds.text(), "One query whose result has a column id.")
                    .required("give a text");
    private static final Key<String> CURSOR =
            Key.of(
                    "cursor",
                    Kinds.text(),
                    "The column that tells what is new: the next run reads only rows with at least the last value.");
    private static final Key<YamlSection> DATABASE =
            Key.of(
                            "database",
                            Kinds.section(
                                    DatabaseSection.with(SQL, CURSOR),
                                    "{ url: \"${DATABASE_URL}\", sql: \"select id, …\" }"),
                            "The rows of a query.")
                    .required("give a database");

    /**
     * The rows of one query.
     *
     * @param cursor the column that tells what is new; null if every run reads all rows
     */
    record DatabaseRows(DatabaseUrl url, String sql, @Nullable String cursor)
            implements SourceDefinition {

        @Override
        public RecordSource open(SourceContext context) {
            return new DatabaseSource(url, sql, cursor);
        }
    }

    @Override
    public String key() {
        return "database";
    }

    @Override
    public String shape() {
        return "{ database: { url: …, sql: … } }";
    }

    @Override
    public Keys keys() {
        return Keys.of(DATABASE);
    }

    @Override
    public @Nullable SourceDefinition read(YamlSection source, PathRule paths) {
        var database = source.read(DATABASE);
        if (database == null) {
            return null;
        }
        var url = DatabaseSection.url(database, paths);
        var sql = database.read(SQL);
        var cursor = database.read(CURSOR);
        return url == null || sql == null ? null : new DatabaseRows(url, sql, cursor);
    }
}

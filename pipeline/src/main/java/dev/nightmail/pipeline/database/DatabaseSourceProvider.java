package dev.nightmail.pipeline.database;

import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceContext;
import dev.nightmail.pipeline.source.SourceDefinition;
import dev.nightmail.pipeline.source.SourceProvider;
import dev.nightmail.pipeline.yaml.YamlSection;
import org.jspecify.annotations.Nullable;

/** {@code source: { database: { url: …, sql: …, cursor: … } }}. */
public final class DatabaseSourceProvider implements SourceProvider {

    private static final String SHAPE = "{ url: \"${DATABASE_URL}\", sql: \"select id, …\" }";

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
    public @Nullable SourceDefinition read(YamlSection source, PathRule paths) {
        var database = source.section("database", SHAPE);
        if (database == null) {
            return null;
        }
        var url = DatabaseSection.url(database, paths);
        var sql = database.requiredText("sql");
        var cursor = database.text("cursor");
        database.refuseUnknownKeys();
        return url == null || sql == null ? null : new DatabaseRows(url, sql, cursor);
    }
}

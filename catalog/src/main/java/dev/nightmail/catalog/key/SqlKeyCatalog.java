package dev.nightmail.catalog.key;

import dev.nightmail.catalog.sql.Database;
import dev.nightmail.catalog.sql.Micros;
import dev.nightmail.catalog.sql.TextList;
import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.KeyCatalog;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.Scope;
import dev.nightmail.core.key.WorkspaceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** API keys in SQL. */
public final class SqlKeyCatalog implements KeyCatalog {

    private final Database database;

    public SqlKeyCatalog(Database database) {
        this.database = database;
    }

    private static final String INSERT =
            """
            insert into api_key (key_id, workspace, name, scopes, sha256, created_at, revoked_at)
            values (:key, :workspace, :name, :scopes, :sha256, :createdAt, :revokedAt)
            """;

    @Override
    public void insert(ApiKey key, String sha256) {
        database.write(handle ->
                handle.createUpdate(INSERT)
                        .bind("key", key.id().value())
                        .bind("workspace", key.workspace().value())
                        .bind("name", key.name())
                        .bind("scopes", scopes(key.scopes()))
                        .bind("sha256", sha256)
                        .bind("createdAt", Micros.of(key.createdAt()))
                        .bind("revokedAt", Micros.ofNullable(key.revokedAt()))
                        .execute());
    }

    private static final String FIND_BY_HASH =
            """
            select key_id, workspace, name, scopes, created_at, revoked_at
              from api_key
             where sha256 = :sha256
            """;

    @Override
    public Optional<ApiKey> findByHash(String sha256) {
        return database.read(handle ->
                handle.createQuery(FIND_BY_HASH)
                        .bind("sha256", sha256)
                        .map((row, _) -> key(row))
                        .findOne());
    }

    private static final String LIST =
            """
            select key_id, workspace, name, scopes, created_at, revoked_at
              from api_key
             order by created_at, key_id
            """;

    @Override
    public List<ApiKey> list() {
        return database.read(handle -> handle.createQuery(LIST).map((row, _) -> key(row)).list());
    }

    private static final String ANY_EXIST =
            """
            select exists (select 1 from api_key)
            """;

    @Override
    public boolean anyExist() {
        return database.read(handle -> handle.createQuery(ANY_EXIST).mapTo(Boolean.class).one());
    }

    private static final String REVOKE =
            """
            update api_key
               set revoked_at = :now
             where key_id = :key
               and revoked_at is null
            """;

    @Override
    public boolean revoke(KeyId id, Instant now) {
        return database.write(handle ->
                handle.createUpdate(REVOKE)
                                .bind("key", id.value())
                                .bind("now", Micros.of(now))
                                .execute()
                        == 1);
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        return new ApiKey(
                new KeyId(row.getString("key_id")),
                new WorkspaceId(row.getString("workspace")),
                row.getString("name"),
                scopes(row.getString("scopes")),
                Micros.instant(row, "created_at"),
                Micros.instantOrNull(row, "revoked_at"));
    }

    private static String scopes(Set<Scope> scopes) {
        return TextList.write(EnumSet.copyOf(scopes).stream().map(Scope::wireName).toList());
    }

    private static Set<Scope> scopes(String text) {
        var scopes = EnumSet.noneOf(Scope.class);
        for (var name : TextList.read(text)) {
            scopes.add(Scope.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        return scopes;
    }
}

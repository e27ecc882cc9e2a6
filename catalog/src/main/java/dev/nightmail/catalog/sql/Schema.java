package dev.nightmail.catalog.sql;

import dev.nightmail.core.catalog.CatalogException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Jdbi;

/** The tables as this version of the program needs them. */
final class Schema {

    /** Number of the newest migration under {@code db/migration}. */
    static final int CURRENT = 1;

    private static final String HISTORY = "schema_history";

    private static final String NEWEST_VERSION =
            """
            select version
              from schema_history
             where success = 1
               and version is not null
             order by installed_rank desc
             limit 1
            """;

    private Schema() {}

    /** Looking costs a millisecond, loading the migrator a quarter of a second: so look first. */
    static void bringUpToDate(DataSource database) throws SQLException {
        int found = version(Jdbi.create(database)).orElse(0);
        if (found > CURRENT) {
            throw new CatalogException(
                    "catalog.db has schema %d, which a newer Nightmail made; this one knows up to %d"
                            .formatted(found, CURRENT));
        }
        if (found < CURRENT) {
            migrate(database);
        }
    }

    private static Optional<Integer> version(Jdbi jdbi) throws SQLException {
        try (var handle = jdbi.open()) {
            return hasHistory(handle.getConnection())
                    ? handle.createQuery(NEWEST_VERSION).mapTo(Integer.class).findOne()
                    : Optional.empty();
        }
    }

    private static boolean hasHistory(Connection connection) throws SQLException {
        try (var tables = connection.getMetaData().getTables(null, null, HISTORY, null)) {
            return tables.next();
        }
    }

    private static void migrate(DataSource database) {
        try {
            Flyway.configure(Schema.class.getClassLoader())
                    .dataSource(database)
                    .locations("classpath:db/migration")
                    .table(HISTORY)
                    .loggers("slf4j")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new CatalogException("cannot bring catalog.db up to date", e);
        }
    }
}

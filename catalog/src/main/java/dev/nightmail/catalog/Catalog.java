package dev.nightmail.catalog;

import dev.nightmail.catalog.batch.SqlBatchCatalog;
import dev.nightmail.catalog.key.SqlKeyCatalog;
import dev.nightmail.catalog.sql.Database;
import dev.nightmail.catalog.usage.SqlLedger;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.key.KeyCatalog;
import dev.nightmail.core.ledger.Ledger;
import java.nio.file.Path;
import java.util.List;

/** All tables of a server, in one database. Several processes may have it open. */
public final class Catalog implements AutoCloseable {

    private static final String CHECK =
            """
            pragma integrity_check(10)
            """;

    private final Database database;

    private Catalog(Database database) {
        this.database = database;
    }

    /**
     * Opens the catalog, which is made if need be, and brings its schema up to date.
     *
     * @param file normally {@code catalog.db} in the data folder, which must exist
     * @throws dev.nightmail.core.catalog.CatalogException if it cannot be used
     */
    public static Catalog open(Path file) {
        return new Catalog(Database.open(file));
    }

    public BatchCatalog batches() {
        return new SqlBatchCatalog(database);
    }

    public KeyCatalog keys() {
        return new SqlKeyCatalog(database);
    }

    public Ledger ledger() {
        return new SqlLedger(database);
    }

    /**
     * What the database says is wrong with its own file; nothing if it is sound. Reads all of it.
     */
    public List<String> problems() {
        return database.read(handle ->
                handle.createQuery(CHECK).mapTo(String.class).stream()
                        .filter(line -> !line.equals("ok"))
                        .toList());
    }

    @Override
    public void close() {
        database.close();
    }
}

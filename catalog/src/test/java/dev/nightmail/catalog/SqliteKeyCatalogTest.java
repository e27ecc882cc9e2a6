package dev.nightmail.catalog;

import dev.nightmail.core.key.KeyCatalog;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteKeyCatalogTest extends KeyCatalogContract {

    @TempDir Path data;
    private @Nullable Catalog catalog;

    @Override
    KeyCatalog create() {
        var opened = Catalog.open(data.resolve("catalog.db"));
        catalog = opened;
        return opened.keys();
    }

    @AfterEach
    void close() {
        if (catalog != null) {
            catalog.close();
        }
    }
}

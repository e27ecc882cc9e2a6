package dev.nightmail.catalog;

import dev.nightmail.core.batch.BatchCatalog;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteBatchCatalogTest extends BatchCatalogContract {

    @TempDir Path data;
    private @Nullable Catalog catalog;

    @Override
    BatchCatalog create() {
        var opened = Catalog.open(data.resolve("catalog.db"));
        catalog = opened;
        return opened.batches();
    }

    @AfterEach
    void close() {
        if (catalog != null) {
            catalog.close();
        }
    }
}

package dev.nightmail.catalog;

import dev.nightmail.core.ledger.Ledger;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteLedgerTest extends LedgerContract {

    @TempDir Path data;
    private @Nullable Catalog catalog;

    @Override
    Ledger create() {
        var opened = Catalog.open(data.resolve("catalog.db"));
        catalog = opened;
        return opened.ledger();
    }

    @AfterEach
    void close() {
        if (catalog != null) {
            catalog.close();
        }
    }
}

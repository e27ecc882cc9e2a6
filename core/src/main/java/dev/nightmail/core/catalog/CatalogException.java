package dev.nightmail.core.catalog;

/**
 * The catalog failed or cannot be used: batches, keys or the ledger. The message never holds what
 * was to be stored.
 */
public final class CatalogException extends RuntimeException {

    public CatalogException(String message) {
        super(message);
    }

    public CatalogException(String message, Throwable cause) {
        super(message, cause);
    }
}

package dev.nightmail.catalog.sql;

/** The database failed or cannot be used. The message never holds what was to be stored. */
public final class CatalogException extends RuntimeException {

    public CatalogException(String message) {
        super(message);
    }

    public CatalogException(String message, Throwable cause) {
        super(message, cause);
    }
}

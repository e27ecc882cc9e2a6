package dev.nightmail.pipeline.cost;

/** A file of prices is not as it must be; says where and what to do. */
public final class PriceFileException extends RuntimeException {
    PriceFileException(String message) {
        super(message);
    }
}

package dev.nightmail.pipeline.state;

/** Two records of one source have the same id, so their answers could not be told apart. */
public final class DuplicateRecordException extends RuntimeException {
    DuplicateRecordException(String recordId) {
        super(
                "source: more than one record has the id "
                        + recordId
                        + ": make the ids unique in the query");
    }
}

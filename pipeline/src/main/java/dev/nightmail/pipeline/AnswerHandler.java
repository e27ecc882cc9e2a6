package dev.nightmail.pipeline;

import java.io.IOException;

/** Takes the answers of a run, one after another, in the order of the records. */
@FunctionalInterface
public interface AnswerHandler {

    /**
     * Is told one answer. Each run that comes to its end tells all answers of its records, those of
     * earlier runs included.
     *
     * @param recordId the record's own id
     * @param answer JSON: what the schema says, or a text where there is no schema
     * @throws IOException if it could not be taken: the run fails, and the next run tells all
     *     answers again, without asking anything again
     */
    void on(String recordId, String answer) throws IOException;
}

package dev.nightmail.pipeline.sink;

import java.io.IOException;

/** The answers to write. May be walked over more than once. */
@FunctionalInterface
public interface AnswerRows {

    /** Sees one answer after another. */
    interface Visitor {
        void visit(AnswerRow row) throws IOException;
    }

    /**
     * Walks over all of them.
     *
     * @throws IOException if the visitor throws it
     */
    void each(Visitor visitor) throws IOException;
}

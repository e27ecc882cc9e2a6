package dev.nightmail.pipeline.sink;

import java.io.IOException;

/** The answers to write. May be walked over more than once. */
@FunctionalInterface
public interface AnswerRows {

    /** Sees one answer after another. */
    /** Takes one row after the other. */
    interface Visitor {
        /**
         * Is told a row.
         *
         * @throws IOException if it could not be taken: the walk ends with it
         */
        void visit(AnswerRow row) throws IOException;
    }

    /**
     * Walks over all of them.
     *
     * @throws IOException if the visitor throws it
     */
    /** Tells every row, in their order; what the visitor throws is thrown. */
    void each(Visitor visitor) throws IOException;
}

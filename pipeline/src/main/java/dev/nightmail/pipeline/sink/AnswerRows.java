package dev.nightmail.pipeline.sink;

import java.io.IOException;

/** The answers to write. May be walked over more than once. */
@FunctionalInterface
public interface AnswerRows {

    /** Takes one row after the other. */
    interface Visitor {
        /**
         * Is told a row.
         *
         * @throws IOException if it could not be taken: the walk ends with it
         */
        void visit(AnswerRow row) throws IOException;
    }

    /** Tells every row, in their order; what the visitor throws is thrown. */
    void each(Visitor visitor) throws IOException;
}

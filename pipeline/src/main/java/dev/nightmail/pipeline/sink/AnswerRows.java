package dev.nightmail.pipeline.sink;

import java.io.IOException;

/** The answers to write, walked over in source order. May be walked over more than once. */
public interface AnswerRows {

    interface Visitor {
        /**
         * One record and its answer.
         *
         * @param answer JSON
         */
        void visit(String recordId, String answer) throws IOException;
    }

    void each(Visitor visitor) throws IOException;
}

package dev.nightmail.pipeline.sink;

import java.io.IOException;

/** The answers to write. May be walked over more than once. */
@FunctionalInterface
public interface AnswerRows {

    interface Visitor {
        void visit(AnswerRow row) throws IOException;
    }

    void each(Visitor visitor) throws IOException;
}

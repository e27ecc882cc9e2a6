package dev.nightmail.pipeline.sink;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/**
 * The answers of a pipeline, seen in three ways. A sink that is written as a whole walks over all
 * of them, or over those of this run's records, in the order in which the records were first read.
 * A sink that grows asks for what is new: every answer has a sequence number, which only rises; an
 * answer that becomes the current one of its record again gets a new one.
 */
public interface Answers extends AnswerRows {

    /** One answer, and its number. */
    record Numbered(long sequence, AnswerRow row) {}

    /**
     * The current answers of all records with a higher number, in the order of the numbers. Fewer
     * than {@code max} where they are long, none only if there are none.
     */
    List<Numbered> after(long sequence, int max);

    /** The highest number given so far; 0 if there is no answer. */
    long last();

    /** The newest answer of each record the pipeline ever read; of those set aside, none. */
    @Override
    void each(Visitor visitor) throws IOException;

    /** The same of the records that this run reads. */
    AnswerRows ofThisRun();

    /**
     * Records that the source gave in this run though they were answered before it. A sink from
     * which somebody may have taken rows since can look whether it has them.
     *
     * @param max ids in a group
     * @param visitor is given each group; {@link #of} has its answers as long as it is there
     * @throws SQLException as the visitor does
     */
    default void givenAgain(int max, IdsVisitor visitor) throws SQLException {}

    /** Takes groups of ids. */
    interface IdsVisitor {
        /**
         * Takes a group.
         *
         * @param ids of records
         * @throws SQLException if a database does not say which of them it has
         */
        void visit(List<String> ids) throws SQLException;
    }

    /**
     * The newest answers of records of the group that is visited.
     *
     * @param ids some of the group's
     * @return of those that have an answer
     */
    default List<Numbered> of(List<String> ids) {
        return List.of();
    }
}

package dev.nightmail.journal.finding;

import org.jspecify.annotations.Nullable;

/**
 * Something in a data folder that is not as it should be.
 *
 * @param file its name, from the folder of the batch or from the data folder
 * @param spot where in the file; null if all of it is meant
 * @param problem what is wrong, in words that go on after the file's name; never what a prompt or
 *     an answer says
 */
public record Finding(String file, @Nullable Spot spot, String problem, Remedy remedy) {

    /** A place in a file. */
    public sealed interface Spot {
        /** In bytes from the beginning. */
        long offset();
    }

    /**
     * @param line counted from 1
     */
    public record LineAt(long offset, long line) implements Spot {}

    public record ByteAt(long offset) implements Spot {}

    /** What can be done about it. */
    public sealed interface Remedy {
        String text();
    }

    /**
     * An ordinary trace of a crash: no damage.
     *
     * @param text what the next start does, and a repair does now
     */
    public record AtStart(String text) implements Remedy {}

    /**
     * What it was follows from what else is there, so that a program may put it right.
     *
     * @param text what is done, in words that go on after "repair:"
     */
    public record Repair(String text) implements Remedy {}

    /**
     * Nothing in the folder proves what it was.
     *
     * @param text what a person can do
     */
    public record ByHand(String text) implements Remedy {}

    public static Finding atStart(String file, String problem, String repair) {
        return new Finding(file, null, problem, new AtStart(repair));
    }

    public static Finding repairable(String file, String problem, String repair) {
        return new Finding(file, null, problem, new Repair(repair));
    }

    /** What a crash leaves in a batch that runs, and what is damage in one that has ended. */
    public static Finding unfinished(boolean isOver, String file, String problem, String repair) {
        return isOver ? repairable(file, problem, repair) : atStart(file, problem, repair);
    }

    public static Finding byHand(String file, String problem, String advice) {
        return new Finding(file, null, problem, new ByHand(advice));
    }

    public Finding at(Spot place) {
        return new Finding(file, place, problem, remedy);
    }

    /** Whether a program may put it right. */
    public boolean isRepairable() {
        return switch (remedy) {
            case AtStart _, Repair _ -> true;
            case ByHand _ -> false;
        };
    }

    /** Whether something is lost or changed, rather than unfinished. */
    public boolean isDamage() {
        return !(remedy instanceof AtStart);
    }
}

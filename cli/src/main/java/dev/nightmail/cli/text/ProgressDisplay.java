package dev.nightmail.cli.text;

/** Shows a person how something gets on. Used by one thread. */
public interface ProgressDisplay extends AutoCloseable {

    /** What is being done while there is nothing to count: {@code reading the records}. */
    void phase(String what);

    void at(Standing standing);

    /** A line that stays. */
    void note(String line);

    /** Leaves nothing behind but the notes. */
    @Override
    void close();
}

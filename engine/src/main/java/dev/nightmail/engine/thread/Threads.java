package dev.nightmail.engine.thread;

/**
 * Everything the engine does at the same time as something else, and every wait of one for another,
 * goes through here: so that a simulation can decide who runs next, and let hours pass at once.
 * Safe for many threads.
 */
public interface Threads {

    /** For work that waits for disks. */
    Strand platform(String name, Runnable work);

    /** For work that waits for the network or for other strands; there may be thousands. */
    Strand virtual(String name, Runnable work);

    /** The one means by which a strand waits for another. */
    <T> Mailbox<T> mailbox();

    /** Something that is done beside all else. */
    interface Strand {

        /** Begins the work; once. */
        void start();

        /** The wait the strand is in, or else its next one, ends with an exception. */
        void interrupt();
    }
}

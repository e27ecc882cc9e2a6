package dev.nightmail.pipeline.sink;

/**
 * Takes a pipeline's answers somewhere, for one run. Used by one thread. Every failure is a {@link
 * SinkException}, whose message says what to do and shows neither answers nor secrets; the answers
 * stay in the state, and the next run delivers them.
 */
public interface Sink extends AutoCloseable {

    /**
     * Before anything is paid for: finds out whether the answers could be written, and makes ready
     * what is missing. Leaves what is there as it is.
     *
     * @param answers that the pipeline has so far
     */
    void check(Answers answers);

    /**
     * Delivers what is new, if it can do so while the run goes on: after each collected batch, and
     * before a run ends early. Waits for nobody. Called twice with the same answers, it writes them
     * once.
     *
     * @return how many answers were written by this call
     */
    long deliver(Answers answers) throws InterruptedException;

    /**
     * Delivers all there is. After it the sink has every answer.
     *
     * @return how many answers were written by this call
     */
    long complete(Answers answers) throws InterruptedException;

    @Override
    void close();
}

package dev.nightmail.pipeline.run;

/**
 * Is told what happens, in order, by the thread that runs the pipeline. What it throws ends the
 * run, which loses nothing: the next run goes on from there.
 */
@FunctionalInterface
public interface ProgressListener {
    void on(RunEvent event);
}

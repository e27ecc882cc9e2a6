package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.decide.Report;

/** What the lanes of a run say to the thread that decides. */
interface Messages {

    void report(Report report);

    /** Something for the listener, in its turn. */
    void tell(RunEvent event);
}

package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchEvent;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.schedule.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the files of accepted batches, so that they can be run. */
final class Admission {

    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private final Journal journal;
    private final OpenBatches batches;
    private final LiveBatches live;

    Admission(Journal journal, OpenBatches batches, LiveBatches live) {
        this.journal = journal;
        this.batches = batches;
        this.live = live;
    }

    /**
     * Opens a batch that is durable and has its row. From here on it is shown as it stands, whether
     * it could be opened or not: if not, the scheduler has it tried again.
     *
     * @return what the scheduler is to be told
     */
    Event open(Batch batch) {
        try {
            var files = journal.open(batch.id());
            batches.put(batch.header(), files);
            for (var damage : files.settled().damages()) {
                log.error("event=journal_damaged batch_id={} damage=\"{}\"", batch.id(), damage);
            }
            live.publish(batch.after(new BatchEvent.ResultsSettled(files.settled().counts())));
            return new Event.BatchAdmitted(
                    batch, files.requests(), files.settled(), files.attempts().before());
        } catch (RuntimeException | Error e) {
            // Whatever is wrong with its files, the other batches are not to suffer from it. Nor
            // is this one to be forgotten because memory was short for a moment: it has its row.
            log.error(
                    "event=batch_not_opened batch_id={} reason=\"{}\" it_is_tried_again=true",
                    batch.id(),
                    e.getMessage(),
                    StackTraces.of(e));
            batches.close(batch.id());
            live.publish(batch);
            return new Event.OpenFailed(batch);
        }
    }
}

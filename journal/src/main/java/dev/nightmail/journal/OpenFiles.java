package dev.nightmail.journal;

import dev.nightmail.core.journal.AttemptMarks;
import dev.nightmail.core.journal.Journal.OpenBatch;
import dev.nightmail.core.request.RequestLog;
import dev.nightmail.core.result.ResultLog;
import dev.nightmail.core.result.Settled;
import dev.nightmail.journal.request.FileRequestLog;
import dev.nightmail.journal.result.FileResultLog;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The open files of a batch that is being run. */
final class OpenFiles implements OpenBatch {

    private final FileRequestLog requests;
    private final FileResultLog results;
    private final Settled settled;
    private final AttemptMarks attempts;
    private final Runnable onClose;

    OpenFiles(
            FileRequestLog requests,
            FileResultLog results,
            Settled settled,
            AttemptMarks attempts,
            Runnable onClose) {
        this.requests = requests;
        this.results = results;
        this.settled = settled;
        this.attempts = attempts;
        this.onClose = onClose;
    }

    @Override
    public RequestLog requests() {
        return requests;
    }

    @Override
    public ResultLog results() {
        return results;
    }

    @Override
    public Settled settled() {
        return settled;
    }

    @Override
    public AttemptMarks attempts() {
        return attempts;
    }

    FileRequestLog requestFile() {
        return requests;
    }

    FileResultLog resultFile() {
        return results;
    }

    @Override
    public void close() {
        try (requests) {
            results.close();
            attempts.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing a file that was only read", e);
        } finally {
            onClose.run();
        }
    }
}

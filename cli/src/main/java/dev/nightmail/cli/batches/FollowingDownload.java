package dev.nightmail.cli.batches;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.FollowedResults;
import dev.nightmail.pipeline.client.Pause;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;

/** Downloads results while their batch still runs, to where results of it may be already. */
final class FollowingDownload {

    /** Two batches with the same last bytes of results would need the same ids and answers. */
    private static final int COMPARED_BYTES_MAX = 64 * 1024;

    private final BatchesClient client;
    private final String batchId;
    private final Pause pause;

    FollowingDownload(BatchesClient client, String batchId, Pause pause) {
        this.client = client;
        this.batchId = batchId;
        this.pause = pause;
    }

    /** Each result appears when it has settled. */
    void toOutput(PrintStream output) throws IOException, InterruptedException {
        new FollowedResults(client, batchId, 0, pause).copyTo(new Checked(output));
    }

    /**
     * Goes on where the file ends.
     *
     * @param shownName of the file
     * @return bytes of the file once it is complete
     */
    long toFile(GrowingFile file, String shownName) throws IOException, InterruptedException {
        if (!isBeginning(file)) {
            throw CommandException.failed(
                    shownName
                            + " is there and is not the beginning of the results of "
                            + batchId
                            + ": choose another file, or delete it");
        }
        long length =
                new FollowedResults(client, batchId, file.length(), pause).copyTo(file.stream());
        file.complete();
        return length;
    }

    /** Whether the file holds results of this batch, as far as its last bytes tell. */
    private boolean isBeginning(GrowingFile file) throws IOException, InterruptedException {
        var known = file.tail(COMPARED_BYTES_MAX);
        if (known.length == 0) {
            return true;
        }
        long start = file.length() - known.length;
        try (var part = client.resultsFrom(batchId, start, Duration.ZERO)) {
            return part.nextOffset() >= file.length()
                    && Arrays.equals(known, part.body().readNBytes(known.length));
        }
    }

    /** Standard output, which swallows its errors and has to be asked for them. */
    private static final class Checked extends FilterOutputStream {

        private final PrintStream output;

        Checked(PrintStream output) {
            super(output);
            this.output = output;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            output.write(bytes, offset, length);
            if (output.checkError()) {
                throw new IOException("standard output was closed before their end");
            }
        }
    }
}

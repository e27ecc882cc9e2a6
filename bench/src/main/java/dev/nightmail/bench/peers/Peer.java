package dev.nightmail.bench.peers;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.process.Child;
import dev.nightmail.bench.workload.JoinCheck;
import dev.nightmail.bench.workload.JoinCheck.Proof;
import dev.nightmail.bench.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;

/** One way to have requests answered. */
sealed interface Peer {

    Duration PATIENCE = Duration.ofMinutes(10);

    /** With its version. */
    String name();

    /** Answered in one run. */
    int requests();

    /** What does the work, and is held to account for it. */
    Child worker();

    /**
     * From handing the requests in until every answer has been read back and found to be the one to
     * its request.
     *
     * @throws BenchmarkFailure if one is missing, doubled or another's
     */
    void run() throws IOException, InterruptedException;

    /**
     * A server of the Message Batches API.
     *
     * @param batches how many such batches make up a run: some servers take only small ones
     * @param body the create call of one
     */
    record BatchServer(
            String name,
            Child worker,
            BatchApi api,
            Workload batch,
            int batches,
            Path body,
            Proof proof)
            implements Peer {

        @Override
        public int requests() {
            return batches * batch.requests();
        }

        @Override
        public void run() throws IOException, InterruptedException {
            var ids = new ArrayList<String>();
            for (int i = 0; i < batches; i++) {
                ids.add(api.create(body).id());
            }
            for (var id : ids) {
                api.await(id, BatchApi.Batch::hasEnded, PATIENCE);
                api.requireEveryResultJoined(id, batch, proof);
            }
        }
    }

    /**
     * The script that makes a call for each request, at whatever it was started for: an upstream,
     * or a proxy before it.
     *
     * @param out where it leaves the results
     */
    record CallScript(String name, Child worker, Child script, Workload batch, Path out)
            implements Peer {

        @Override
        public int requests() {
            return batch.requests();
        }

        @Override
        public void run() throws IOException, InterruptedException {
            script.tell("go");
            script.awaitLine("done", PATIENCE);
            try (var results = Files.newInputStream(out)) {
                var findings = JoinCheck.check(batch, results, Proof.NUMBER);
                if (!findings.allRight()) {
                    throw new BenchmarkFailure("results of %s: %s".formatted(name, findings));
                }
            }
        }
    }
}

package dev.nightmail.bench.pipeline;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.http.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The limit of a pipeline: the same requests, submitted by a client that does nothing else. Their
 * bodies lie ready, and results are read and dropped.
 */
final class ServerAlone {

    private static final Duration PATIENCE = Duration.ofHours(1);

    private final BatchApi api;
    private final List<Path> bodies;
    private long resultBytes;

    ServerAlone(BatchApi api, List<Path> bodies) {
        this.api = api;
        this.bodies = List.copyOf(bodies);
    }

    /** From the first byte that is sent to the last that is read. @return how long it took */
    Duration run() throws InterruptedException {
        long start = System.nanoTime();
        var ids = new ArrayList<String>();
        for (var body : bodies) {
            ids.add(api.create(body).id());
        }
        long bytes = 0;
        for (var id : ids) {
            api.await(id, BatchApi.Batch::hasEnded, PATIENCE);
            bytes += Wire.get(api.results(id));
        }
        var took = Duration.ofNanos(System.nanoTime() - start);
        for (var id : ids) {
            api.delete(id);
        }
        resultBytes = bytes;
        return took;
    }

    /** Of all requests, as they were read last. */
    long resultBytes() {
        return resultBytes;
    }

    long bodyBytes() throws IOException {
        long bytes = 0;
        for (var body : bodies) {
            bytes += Files.size(body);
        }
        return bytes;
    }
}

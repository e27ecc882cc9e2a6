package dev.nightmail.bench.results;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.http.Wire;
import dev.nightmail.bench.http.Wire.Span;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.process.Workbench;
import dev.nightmail.bench.upstream.Manner;
import dev.nightmail.bench.workload.Workload;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The download of all results of a batch, by one client that drops them, at once and in many ranges
 * that go on where the last one ended; against the bare file, given out by a server that can do
 * nothing else.
 */
public final class ResultsBenchmark {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** A download takes a blink: many of them make a steadier median. */
    private static final int DOWNLOADS_PER_ROUND = 4;

    /** What a download gets of the file before it is cut off and resumed. */
    private static final long PART_BYTES = 4L << 20;

    private ResultsBenchmark() {}

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        var workload = Workload.of(scale.requests());
        var body = bench.folder().resolve("body.json");
        workload.writeTo(body);
        var data = bench.dataFolder();
        var server =
                bench.startServer(data, scale.heapMax(), bench.startUpstream(), Manner.ANSWERING);
        try (var api = new BatchApi(server)) {
            var id = api.create(body).id();
            api.await(id, BatchApi.Batch::hasEnded, PATIENCE);
            api.requireEveryResultJoined(id, workload);
            var file = data.resolve("batches").resolve(id).resolve("results.jsonl");
            var bare = BareFileServer.start(bench, file);
            var size = Files.size(file);
            var whole = new Comparison(size, bare.name());
            var resumed = new Comparison(size, bare.name());
            requireSameBytes(api.results(id), file);
            for (int i = 0; i < scale.rounds() * DOWNLOADS_PER_ROUND; i++) {
                whole.round(() -> Wire.get(bare.file()), () -> Wire.get(api.results(id)));
                resumed.round(
                        () -> getInParts(bare.file(), size),
                        () -> getInParts(api.results(id), size));
            }
            var memory = "server: peak memory " + server.process().residentMax();
            return List.of(
                    whole.finding("results", "", memory),
                    resumed.finding(
                            "range",
                            " in %d parts, a connection each".formatted(parts(size).size()),
                            memory));
        }
    }

    private static List<Span> parts(long size) {
        var parts = new ArrayList<Span>();
        for (long from = 0; from < size; from += PART_BYTES) {
            parts.add(new Span(from, Math.min(size, from + PART_BYTES)));
        }
        return parts;
    }

    /** As a client that is cut off again and again, and goes on where it was. */
    private static long getInParts(URI url, long size) {
        long bytes = 0;
        for (var part : parts(size)) {
            bytes += Wire.get(url, part, _ -> {});
        }
        return bytes;
    }

    private static void requireSameBytes(URI url, Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (var part : parts(channel.size())) {
                var expected = channel.map(MapMode.READ_ONLY, part.from(), part.bytes());
                Wire.get(url, part, bytes -> requireNext(expected, bytes, part));
                if (expected.hasRemaining()) {
                    throw new BenchmarkFailure("the range %s was given short".formatted(part));
                }
            }
        }
    }

    private static void requireNext(ByteBuffer expected, ByteBuffer bytes, Span part) {
        int length = bytes.remaining();
        if (length > expected.remaining()
                || !expected.slice(expected.position(), length).equals(bytes)) {
            throw new BenchmarkFailure("the range %s was given with other bytes".formatted(part));
        }
        expected.position(expected.position() + length);
    }
}

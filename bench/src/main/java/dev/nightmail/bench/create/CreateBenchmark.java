package dev.nightmail.bench.create;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Bytes;
import dev.nightmail.bench.process.Server;
import dev.nightmail.bench.process.Workbench;
import dev.nightmail.bench.upstream.Manner;
import dev.nightmail.bench.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/**
 * From the first byte of a create call to its 200, which says that the batch is on stable storage;
 * against a bare parse of the same bytes plus a bare write of them with fdatasync. The upstream has
 * no room, so that nothing is run meanwhile.
 */
public final class CreateBenchmark {

    private static final Aim AIM = new Aim.AtMost(1.5, 10, "x");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Times creates = new Times();
    private final Times parses = new Times();
    private final Times writes = new Times();

    private CreateBenchmark() {}

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        return List.of(new CreateBenchmark().measure(bench, scale));
    }

    private Finding measure(Workbench bench, Scale scale) throws IOException, InterruptedException {
        var copy = bench.folder().resolve("copy.json");
        var body = bench.folder().resolve("body.json");
        Workload.of(scale.requests()).writeTo(body);
        var upstream = bench.startUpstream();
        var server = bench.startServer(bench.dataFolder(), scale.heapMax(), upstream, Manner.FULL);
        try (var api = new BatchApi(server)) {
            // A create is short, and what else the machine does comes and goes: twice the rounds.
            for (int round = 0; round < 2 * scale.rounds(); round++) {
                parses.time(() -> BareParse.tokens(body));
                writes.time(() -> BareWrite.copy(body, copy));
                Files.delete(copy);
                var batch = creates.time(() -> api.create(body));
                api.cancel(batch.id());
                api.await(batch.id(), BatchApi.Batch::hasEnded, PATIENCE);
                api.delete(batch.id());
            }
        }
        return finding(scale, new Bytes(Files.size(body)), server);
    }

    private Finding finding(Scale scale, Bytes size, Server server) {
        double limit = parses.medianSeconds() + writes.medianSeconds();
        return new Finding(
                "create",
                "%.2f s for %,d requests, %s, at -Xmx%s"
                        .formatted(
                                creates.medianSeconds(), scale.requests(), size, scale.heapMax()),
                "%.2f s = bare parse %.2f s + bare write and fdatasync %.2f s"
                        .formatted(limit, parses.medianSeconds(), writes.medianSeconds()),
                creates.medianSeconds() / limit,
                AIM,
                List.of(
                        "runs: create " + creates + "; parse " + parses + "; write " + writes,
                        "server: peak memory " + server.process().residentMax()));
    }
}

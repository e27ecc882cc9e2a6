package dev.nightmail.bench.pace;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.process.Server;
import dev.nightmail.bench.process.Workbench;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * How much of a limit that an upstream tells of is used, and how many calls it refuses: the real
 * server against upstreams with a real bucket each, over sockets, in real time. The upstreams
 * count. What is used is held against a full bucket at the first call and all that has flown in
 * since, so the start counts too.
 */
public final class PaceBenchmark {

    /**
     * Of the calls of five seconds, percent. A short form sees little but the start, before the
     * first answers say how much is taken: 1 to 15 were measured.
     */
    private static final int REFUSED_AT_FIRST = 35;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** So many at once: more would measure how they share the processors. */
    private static final int AT_ONCE = 4;

    private final Workbench bench;
    private final Duration length;
    private final HttpClient client = HttpClient.newHttpClient();

    private PaceBenchmark(Workbench bench, Duration length) {
        this.bench = bench;
        this.length = length;
    }

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        boolean smoke = scale.requests() < Scale.FULL.requests();
        var benchmark =
                new PaceBenchmark(bench, smoke ? Duration.ofSeconds(5) : Duration.ofMinutes(1));
        var cells = smoke ? Cell.SMOKE.stream().map(Cell::of).toList() : Cell.ALL;
        var findings = new ArrayList<Finding>();
        for (int from = 0; from < cells.size(); from += AT_ONCE) {
            findings.addAll(
                    benchmark.measure(
                            cells.subList(from, Math.min(cells.size(), from + AT_ONCE)), smoke));
            bench.clear();
        }
        return findings;
    }

    private List<Finding> measure(List<Cell> cells, boolean smoke)
            throws IOException, InterruptedException {
        var child = bench.startJava("limited", LimitedUpstream.class, List.of("-Xmx128m"));
        var upstream = child.awaitLine("ready at ", PATIENCE);
        var server = start(cells, upstream);
        try (var api = new BatchApi(server)) {
            for (var cell : cells) {
                api.create(batch(cell));
            }
            LockSupport.parkNanos(length.toNanos());
            var findings = new ArrayList<Finding>();
            for (var cell : cells) {
                findings.addAll(findings(cell, counts(upstream, cell), smoke));
            }
            return findings;
        }
    }

    private Server start(List<Cell> cells, String upstream)
            throws IOException, InterruptedException {
        var config = bench.folder().resolve("pace.yaml");
        var yaml = new StringBuilder("upstreams:\n");
        for (var cell : cells) {
            boolean chat = cell.headers() == Cell.Headers.OPENAI;
            yaml.append(
                    "  %s: { protocol: %s, url: \"%s/%s%s\" }%n"
                            .formatted(
                                    cell.name(),
                                    chat ? "openai" : "anthropic",
                                    upstream,
                                    cell.name(),
                                    chat ? "/v1" : ""));
        }
        yaml.append("routes:\n");
        for (var cell : cells) {
            yaml.append("  - { model: %s, upstream: %s }%n".formatted(cell.name(), cell.name()));
        }
        Files.writeString(config, yaml);
        return bench.startServer(bench.dataFolder(), "256m", config);
    }

    /** More requests than the cell can be asked for. */
    private Path batch(Cell cell) throws IOException {
        double most = cell.burst() + cell.perSecond() * (5 + length.toSeconds());
        var body = bench.folder().resolve(cell.name() + ".json");
        try (var writer = Files.newBufferedWriter(body, US_ASCII)) {
            var prompt = "What does the letter say? ".repeat(80);
            for (int i = 0; i < most; i++) {
                writer.write(
                        "%s{\"custom_id\":\"r%d\",\"params\":{\"model\":\"%s\",\"max_tokens\":600,\"messages\":[{\"role\":\"user\",\"content\":\"%d: %s\"}]}}"
                                .formatted(
                                        i == 0 ? "{\"requests\":[" : ",",
                                        i,
                                        cell.name(),
                                        i,
                                        prompt));
            }
            writer.write("]}");
        }
        return body;
    }

    private Account.Counts counts(String upstream, Cell cell)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(upstream + "/" + cell.name() + "/counts"))
                        .build();
        return Account.Counts.of(client.send(request, BodyHandlers.ofString()).body());
    }

    private List<Finding> findings(Cell cell, Account.Counts counts, boolean smoke) {
        double used = 100 * counts.accepted() / counts.allowed();
        double calls = (double) counts.accepted() + counts.refused();
        double refused = 100 * counts.refused() / Math.max(1, calls);
        return List.of(
                new Finding(
                        "pace",
                        "%-32s %.1f %% used".formatted(cell.name(), used),
                        "%,.0f calls allowed in %d s"
                                .formatted(counts.allowed(), length.toSeconds()),
                        used,
                        new Aim.AtLeast(97, smoke ? 70 : 0, "%"),
                        List.of()),
                new Finding(
                        "pace",
                        "%-32s %.2f %% refused".formatted(cell.name(), refused),
                        "%d of %,.0f calls".formatted(counts.refused(), calls),
                        refused,
                        new Aim.AtMost(0.5, smoke ? REFUSED_AT_FIRST : 100, "%"),
                        List.of()));
    }
}

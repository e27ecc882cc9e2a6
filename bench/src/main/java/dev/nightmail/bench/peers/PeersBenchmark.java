package dev.nightmail.bench.peers;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.process.Child;
import dev.nightmail.bench.process.LocalPort;
import dev.nightmail.bench.process.Server;
import dev.nightmail.bench.process.Workbench;
import dev.nightmail.bench.upstream.Manner;
import dev.nightmail.bench.workload.JoinCheck.Proof;
import dev.nightmail.bench.workload.Workload;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everybody who does the same work and installs from a package registry, beside us: on the same
 * upstream, which answers at once, with the same requests, from handing them in until every answer
 * has been read back and joined, in turns. Each is given as much as it does in a reasonable time.
 */
public final class PeersBenchmark {

    private static final Duration START_PATIENCE = Duration.ofMinutes(3);

    /** Polling is work for a server too, and not the work that is measured. */
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    /** As many as OGX takes in one batch. */
    private static final int OGX_BATCH_MAX = 1_000;

    private final Workbench bench;
    private final Scale scale;
    private final Installed installed;
    private final URI upstream;
    private final List<Line> lines = new ArrayList<>();

    private PeersBenchmark(Workbench bench, Scale scale, Installed installed, URI upstream) {
        this.bench = bench;
        this.scale = scale;
        this.installed = installed;
        this.upstream = upstream;
    }

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        var installed = Installed.find(bench.home());
        var upstream = URI.create(bench.startUpstream() + Manner.ANSWERING.path());
        new PeersBenchmark(bench, scale, installed, upstream).run();
        return List.of();
    }

    private void run() throws IOException, InterruptedException {
        line(nightmail());
        if (installed.has("sdk")) {
            line(aiohttp());
            line(sdk());
        }
        if (installed.has("ogx")) {
            line(ogx());
        }
        if (installed.has("sdk") && installed.has("litellm")) {
            line(litellm());
        }
        for (int round = 0; round < scale.rounds(); round++) {
            for (var line : lines) {
                line.measure();
            }
        }
        System.out.println(Line.HEAD);
        lines.forEach(System.out::println);
    }

    /** Its first run is not measured: everybody is slower then. */
    private void line(Peer peer) throws IOException, InterruptedException {
        peer.run();
        lines.add(new Line(peer));
    }

    private Peer nightmail() throws IOException, InterruptedException {
        var batch = Workload.of(scale.requests());
        var server =
                bench.startServer(
                        bench.dataFolder(),
                        scale.heapMax(),
                        URI.create(upstream.resolve("/").toString().replaceAll("/$", "")),
                        Manner.ANSWERING);
        return new Peer.BatchServer(
                "Nightmail, every result durable when counted",
                server.process(),
                new BatchApi(server, BatchApi.ANY_KEY, POLL_INTERVAL),
                batch,
                1,
                body(batch),
                Proof.EVERY_BYTE);
    }

    private Peer aiohttp() throws IOException, InterruptedException {
        var port = LocalPort.free();
        var child =
                bench.start(
                        "aiohttp",
                        List.of(
                                installed.program("sdk", "python"),
                                installed.script("aiohttp_sqlite.py"),
                                Integer.toString(port.number()),
                                bench.folder().resolve("aiohttp.db").toString(),
                                upstream.toString()));
        return batchServer(
                "aiohttp %s over SQLite, as durable".formatted(installed.version("sdk", "aiohttp")),
                child,
                port,
                Workload.of(scale.requests() / 5),
                1);
    }

    private Peer ogx() throws IOException, InterruptedException {
        var port = LocalPort.free();
        var child =
                bench.start(
                        "ogx",
                        List.of(
                                installed.program("ogx", "ogx"),
                                "run",
                                installed.script("ogx.yaml"),
                                "--port",
                                Integer.toString(port.number()),
                                "--insecure"),
                        Map.of(
                                "PEER_UPSTREAM",
                                upstream.toString(),
                                "PEER_FOLDER",
                                Files.createDirectories(bench.folder().resolve("ogx")).toString()));
        return batchServer(
                "OGX %s, 256 in flight (default: 10)".formatted(installed.version("ogx", "ogx")),
                child,
                port,
                Workload.of(Math.min(OGX_BATCH_MAX, scale.requests() / 20)),
                2);
    }

    private Peer batchServer(String name, Child child, LocalPort port, Workload batch, int batches)
            throws IOException {
        port.awaitListener(child, START_PATIENCE);
        var server = new Server(child, port.url(), Duration.ZERO);
        return new Peer.BatchServer(
                name,
                child,
                new BatchApi(server, BatchApi.ANY_KEY, POLL_INTERVAL),
                batch,
                batches,
                body(batch),
                Proof.NUMBER);
    }

    private Peer sdk() throws IOException, InterruptedException {
        var batch = Workload.of(scale.requests() / 50);
        var out = bench.folder().resolve("sdk.jsonl");
        var script = script("sdk", upstream, batch, out);
        return new Peer.CallScript(
                "the official async Python SDK %s, 256 at once"
                        .formatted(installed.version("sdk", "anthropic")),
                script,
                script,
                batch,
                out);
    }

    private Peer litellm() throws IOException, InterruptedException {
        var port = LocalPort.free();
        var proxy =
                bench.start(
                        "litellm",
                        List.of(
                                installed.program("litellm", "litellm"),
                                "--config",
                                installed.script("litellm.yaml"),
                                "--host",
                                "127.0.0.1",
                                "--port",
                                Integer.toString(port.number())),
                        Map.of(
                                "PEER_UPSTREAM",
                                upstream.toString(),
                                // Nothing of this run is anybody else's concern.
                                "LITELLM_LOCAL_MODEL_COST_MAP",
                                "True"));
        port.awaitListener(proxy, START_PATIENCE);
        var batch = Workload.of(scale.requests() / 100);
        var out = bench.folder().resolve("litellm.jsonl");
        return new Peer.CallScript(
                "LiteLLM's proxy %s, called by that SDK"
                        .formatted(installed.version("litellm", "litellm")),
                proxy,
                script("sdk-to-litellm", port.url(), batch, out),
                batch,
                out);
    }

    private Child script(String name, URI url, Workload batch, Path out)
            throws IOException, InterruptedException {
        var script =
                bench.start(
                        name,
                        List.of(
                                installed.program("sdk", "python"),
                                installed.script("sdk.py"),
                                url.toString(),
                                body(batch).toString(),
                                out.toString(),
                                Integer.toString(Workbench.IN_FLIGHT)));
        script.awaitLine("ready", START_PATIENCE);
        return script;
    }

    private Path body(Workload batch) throws IOException {
        var body = bench.folder().resolve("body-%d.json".formatted(batch.requests()));
        if (!Files.exists(body)) {
            batch.writeTo(body);
        }
        return body;
    }
}

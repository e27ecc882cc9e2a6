package dev.nightmail.bench.pipeline;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.process.Workbench;
import dev.nightmail.bench.upstream.Manner;
import java.io.IOException;
import java.util.List;

/**
 * {@code nightmail run} as a user has it: the program, its files, its events. It runs against a
 * server whose upstream answers at once, or never where the program is only to wait.
 */
public final class PipelineBenchmark {

    private PipelineBenchmark() {}

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        var rows = new Rows();
        var upstream = bench.startUpstream();
        var sizes = scale.pipeline();
        var server = bench.startServer(bench.dataFolder(), "512m", upstream, Manner.FITTING);
        try (var api = new BatchApi(server)) {
            new EndToEnd(bench, server, api, sizes, rows).measure();
            new Growth(bench, server, api, sizes, rows).measure();
        }
        new Databases(bench, server, sizes, rows).measure();
        server.process().close();
        OnlyWaiting.measure(bench, upstream, sizes, rows);
        return rows.all();
    }
}

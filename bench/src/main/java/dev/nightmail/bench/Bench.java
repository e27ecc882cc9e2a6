package dev.nightmail.bench;

import dev.nightmail.bench.create.CreateBenchmark;
import dev.nightmail.bench.drain.DrainBenchmark;
import dev.nightmail.bench.fairness.FairnessBenchmark;
import dev.nightmail.bench.inflight.InFlightBenchmark;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.million.MillionBenchmark;
import dev.nightmail.bench.night.NightBenchmark;
import dev.nightmail.bench.pace.PaceBenchmark;
import dev.nightmail.bench.peers.PeersBenchmark;
import dev.nightmail.bench.pipeline.PipelineBenchmark;
import dev.nightmail.bench.process.Machine;
import dev.nightmail.bench.process.Workbench;
import dev.nightmail.bench.restart.RestartBenchmark;
import dev.nightmail.bench.results.ResultsBenchmark;
import dev.nightmail.bench.settle.SettleBenchmark;
import dev.nightmail.bench.soak.SoakBenchmark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Runs benchmarks and prints what they found, a line each.
 *
 * <p>Exit codes: 0 done; 1 the server did something wrong, or, in the short form, was slower than
 * any noise explains; 2 wrong usage.
 */
public final class Bench {

    /** Is run only by name: it needs what others have made. */
    private static final String PEERS = "peers";

    private static final String USAGE =
            "usage: bench/run [%s|all]... [--smoke] [--records N] [--work DIR]"
                    .formatted(String.join("|", benchmarks().keySet()));

    private Bench() {}

    private static Map<String, Benchmark> benchmarks() {
        var benchmarks = new LinkedHashMap<String, Benchmark>();
        benchmarks.put("create", CreateBenchmark::run);
        benchmarks.put("settle", SettleBenchmark::run);
        benchmarks.put("drain", DrainBenchmark::run);
        benchmarks.put("in-flight", InFlightBenchmark::run);
        benchmarks.put("results", ResultsBenchmark::run);
        benchmarks.put("restart", RestartBenchmark::run);
        benchmarks.put("million", MillionBenchmark::run);
        benchmarks.put("fairness", FairnessBenchmark::run);
        benchmarks.put("soak", SoakBenchmark::run);
        benchmarks.put("night", (_, scale) -> NightBenchmark.run(scale));
        benchmarks.put("pace", PaceBenchmark::run);
        benchmarks.put("pipeline", PipelineBenchmark::run);
        benchmarks.put(PEERS, PeersBenchmark::run);
        return benchmarks;
    }

    /** Seven digits number the records, also of the largest pipeline. */
    private static final int RECORDS_MAX = 1_999_999;

    /**
     * @param scale how much is measured
     * @param work takes the folder of the run, which must be on a real disk
     */
    private record Wish(List<String> names, boolean smoke, Scale scale, Path work) {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Locale.setDefault(Locale.ROOT);
        var home = Path.of(System.getProperty("nightmail.home", "")).toAbsolutePath();
        var wish = wish(List.of(args), home);
        if (wish.isEmpty()) {
            System.err.println(USAGE);
            System.exit(2);
        }
        System.exit(run(wish.get(), home));
    }

    private static Optional<Wish> wish(List<String> args, Path home) {
        var names = new ArrayList<String>();
        boolean smoke = false;
        int records = 0;
        var work = home.resolve("bench/target/work");
        for (var arg = args.iterator(); arg.hasNext(); ) {
            var word = arg.next();
            if (word.equals("--smoke")) {
                smoke = true;
            } else if (word.equals("--records") && arg.hasNext()) {
                records = records(arg.next());
                if (records == 0) {
                    return Optional.empty();
                }
            } else if (word.equals("--work") && arg.hasNext()) {
                work = Path.of(arg.next()).toAbsolutePath();
            } else if (word.equals("all")) {
                names.addAll(all());
            } else if (benchmarks().containsKey(word)) {
                names.add(word);
            } else {
                return Optional.empty();
            }
        }
        var scale = smoke ? Scale.SMOKE : Scale.FULL;
        return Optional.of(
                new Wish(
                        names.isEmpty() ? all() : names,
                        smoke,
                        records == 0 ? scale : scale.withRecords(records),
                        work));
    }

    /** A number of records, or 0 if the word is none. */
    private static int records(String word) {
        return word.matches("[1-9][0-9]{0,6}") && Integer.parseInt(word) <= RECORDS_MAX
                ? Integer.parseInt(word)
                : 0;
    }

    private static List<String> all() {
        return benchmarks().keySet().stream().filter(name -> !name.equals(PEERS)).toList();
    }

    private static int run(Wish wish, Path home) throws IOException, InterruptedException {
        System.out.println("machine  " + Machine.current());
        try (var bench = Workbench.open(home, wish.work())) {
            var store = Files.getFileStore(bench.folder());
            System.out.println("disk     " + store.type() + " on " + store.name());
            boolean far = false;
            for (var name : wish.names()) {
                for (var finding : benchmark(name).run(bench, wish.scale())) {
                    System.out.println(finding);
                    far |= wish.smoke() && isFar(finding);
                }
                bench.clear();
            }
            return far ? 1 : 0;
        } catch (BenchmarkFailure e) {
            System.err.println("FAILED   " + e.getMessage());
            return 1;
        }
    }

    private static Benchmark benchmark(String name) {
        var benchmark = benchmarks().get(name);
        if (benchmark == null) {
            throw new IllegalStateException("no benchmark is called " + name);
        }
        return benchmark;
    }

    private static boolean isFar(Finding finding) {
        if (!finding.aim().isFarFrom(finding.value())) {
            return false;
        }
        System.err.println("FAILED   " + finding.name() + " is slower than any noise explains");
        return true;
    }
}

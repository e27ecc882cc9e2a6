package dev.nightmail.bench.settle;

import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Bytes;
import dev.nightmail.bench.process.Child;
import dev.nightmail.bench.process.Workbench;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How many results a second the journal takes, each durable before it may be shown; against the
 * same bytes appended to a bare file in the same groups, each with one fdatasync. An upstream has
 * no part in it: how fast answers come is what {@code drain} measures.
 */
public final class SettleBenchmark {

    private static final Aim AIM = new Aim.AtLeast(0.5, 0.05, "x");
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /**
     * Results of a group: about as many as come in during one fdatasync while a batch is drained,
     * as many as there can be with so many calls in flight, and as many as the engine ever lets one
     * have.
     */
    private static final List<Integer> GROUPS = List.of(32, Workbench.IN_FLIGHT, 4_096);

    private final Child child;
    private final int requests;

    private SettleBenchmark(Child child, int requests) {
        this.child = child;
        this.requests = requests;
    }

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        var child =
                bench.startJava(
                        "settle",
                        SettleMain.class,
                        List.of("-Xmx256m"),
                        bench.dataFolder().toString(),
                        Integer.toString(scale.requests()));
        child.awaitLine("ready", PATIENCE);
        return new SettleBenchmark(child, scale.requests()).measure(scale.rounds());
    }

    private List<Finding> measure(int rounds) throws IOException, InterruptedException {
        // In their first runs both are slowed by the compiler.
        run(SettleMain.OURS, Workbench.IN_FLIGHT, new Times());
        run(SettleMain.BARE, Workbench.IN_FLIGHT, new Times());
        var findings = new ArrayList<Finding>();
        for (int group : GROUPS) {
            findings.add(measure(rounds, group));
        }
        return findings;
    }

    private Finding measure(int rounds, int group) throws IOException, InterruptedException {
        var ours = new Times();
        var bare = new Times();
        long bytes = 0;
        for (int round = 0; round < rounds; round++) {
            bytes = run(SettleMain.BARE, group, bare);
            if (run(SettleMain.OURS, group, ours) != bytes) {
                throw new BenchmarkFailure("the journal wrote other bytes than the bare file has");
            }
        }
        return finding(group, ours, bare, new Bytes(bytes));
    }

    /**
     * @return bytes written
     */
    private long run(String way, int group, Times times) throws IOException, InterruptedException {
        child.tell(way + " " + group);
        var told = child.awaitLine(SettleMain.DONE, PATIENCE).split(" ", 2);
        times.add(Duration.ofNanos(Long.parseLong(told[0])));
        return Long.parseLong(told[1]);
    }

    private Finding finding(int group, Times ours, Times bare, Bytes size) {
        double perSecond = requests / ours.medianSeconds();
        double limit = requests / bare.medianSeconds();
        return new Finding(
                "settle",
                "%,.0f results/s durable, %,d in groups of %,d, %s"
                        .formatted(perSecond, requests, group, size),
                "%,.0f lines/s in a bare file".formatted(limit),
                perSecond / limit,
                AIM,
                List.of("runs: ours " + ours + "; bare " + bare));
    }
}

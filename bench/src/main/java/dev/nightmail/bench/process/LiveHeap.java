package dev.nightmail.bench.process;

import dev.nightmail.bench.measure.BenchmarkFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What is alive on the heap of a virtual machine: it collects all garbage and counts the rest,
 * which stops it for as long.
 */
public final class LiveHeap {

    /** A class with its instances and their bytes. */
    private static final Pattern CLASS =
            Pattern.compile("(?m)^ *[0-9]+: +[0-9]+ +([0-9]+) +([^ ]+)");

    /** What the collector puts where it leaves garbage lying: nobody's. */
    private static final Pattern FILLER = Pattern.compile("\\[?L?jdk\\.internal\\.vm\\.Filler.*");

    private LiveHeap() {}

    public static Bytes of(Child virtualMachine) throws IOException, InterruptedException {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process =
                new ProcessBuilder(jcmd, Long.toString(virtualMachine.pid()), "GC.class_histogram")
                        .redirectErrorStream(true)
                        .start();
        var histogram = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new BenchmarkFailure("the heap of the server cannot be counted: " + histogram);
        }
        return of(histogram);
    }

    static Bytes of(String histogram) {
        long bytes =
                CLASS.matcher(histogram)
                        .results()
                        .filter(line -> !FILLER.matcher(line.group(2)).matches())
                        .mapToLong(line -> Long.parseLong(line.group(1)))
                        .sum();
        return new Bytes(bytes);
    }
}

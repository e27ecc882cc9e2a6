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

    /** The last line of a histogram: objects, then bytes. */
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+[0-9]+\\s+([0-9]+)\\s*$");

    private LiveHeap() {}

    public static Bytes of(Child virtualMachine) throws IOException, InterruptedException {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process =
                new ProcessBuilder(jcmd, Long.toString(virtualMachine.pid()), "GC.class_histogram")
                        .redirectErrorStream(true)
                        .start();
        var told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        var total = TOTAL.matcher(told);
        if (!total.find()) {
            throw new BenchmarkFailure("the heap of the server cannot be counted: " + told);
        }
        return new Bytes(Long.parseLong(total.group(1)));
    }
}

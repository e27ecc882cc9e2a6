package dev.nightmail.bench.results;

import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Bytes;
import java.io.IOException;
import java.util.List;

/**
 * Downloads of one file in turns: from the bare server, and from ours.
 *
 * @param size of the file in bytes
 */
record Comparison(long size, String bareServer, Times ours, Times bare) {

    private static final Aim AIM = new Aim.AtLeast(0.45, 0.02, "x");

    Comparison(long size, String bareServer) {
        this(size, bareServer, new Times(), new Times());
    }

    void round(Times.Work<Long> fromBare, Times.Work<Long> fromOurs)
            throws IOException, InterruptedException {
        requireWhole(bare.time(fromBare));
        requireWhole(ours.time(fromOurs));
    }

    private void requireWhole(long bytes) {
        if (bytes != size) {
            throw new BenchmarkFailure("a download gave %,d bytes of %,d".formatted(bytes, size));
        }
    }

    Finding finding(String name, String manner, String note) {
        var bytes = new Bytes(size);
        return new Finding(
                name,
                "%,.0f MB/s, %s in %.3f s%s"
                        .formatted(
                                bytes.megabytes() / ours.medianSeconds(),
                                bytes,
                                ours.medianSeconds(),
                                manner),
                "%,.0f MB/s by %s".formatted(bytes.megabytes() / bare.medianSeconds(), bareServer),
                bare.medianSeconds() / ours.medianSeconds(),
                AIM,
                List.of("runs: ours " + ours + "; bare " + bare, note));
    }
}

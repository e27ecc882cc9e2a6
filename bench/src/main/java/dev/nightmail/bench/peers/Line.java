package dev.nightmail.bench.peers;

import dev.nightmail.bench.measure.Times;
import java.io.IOException;
import java.time.Duration;

/** A line of the table: one peer and what its runs took. */
record Line(Peer peer, Times times, Times cpu) {

    static final String HEAD =
            "%-46s %10s %14s %12s %10s"
                    .formatted("", "requests/s", "CPU s/10,000", "resident", "requests");

    Line(Peer peer) {
        this(peer, new Times(), new Times());
    }

    void measure() throws IOException, InterruptedException {
        var before = peer.worker().cpu();
        times.time(() -> {
            peer.run();
            return Duration.ZERO;
        });
        cpu.add(peer.worker().cpu().minus(before));
    }

    double perSecond() {
        return peer.requests() / times.medianSeconds();
    }

    @Override
    public String toString() {
        return "%-46s %,10.0f %14.2f %12s %,10d   runs: %s"
                .formatted(
                        peer.name(),
                        perSecond(),
                        cpu.medianSeconds() * 10_000 / peer.requests(),
                        peer.worker().residentMax(),
                        peer.requests(),
                        times);
    }
}

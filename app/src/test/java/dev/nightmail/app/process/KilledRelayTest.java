package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two servers, one of which relays to the other, killed at random moments. {@code
 * -Dnightmail.kill.rounds=…} kills more often, {@code -Dnightmail.kill.seed=…} tries a failure
 * again.
 */
class KilledRelayTest {

    private static final int ROUNDS = Integer.getInteger("nightmail.kill.rounds", 6);
    private static final long SEED =
            Long.getLong("nightmail.kill.seed", new Random().nextInt() & 0xFFFFFFFFL);
    private static final int REQUESTS = 60;

    private final Random random = new Random(SEED);
    private final int providersPort = freePort();

    @TempDir private Path relaysData;
    @TempDir private Path providersData;

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It takes its time, so that something is always under way. */
    private ForkedNightmail provider() {
        return ForkedNightmail.runOn(
                providersData,
                "serve",
                "--port",
                String.valueOf(providersPort),
                "--upstream",
                "simulator",
                "--set",
                "upstreams.simulator.calls-in-flight-max=2",
                "--set",
                "upstreams.simulator.first-token=10ms");
    }

    private ForkedNightmail relay() {
        return ForkedNightmail.serve(
                relaysData,
                "--upstream",
                "http://127.0.0.1:" + providersPort,
                "--set",
                "upstreams.upstream.mode=batches",
                "--set",
                "upstreams.upstream.api-key=any",
                "--set",
                "upstreams.upstream.linger=20ms",
                "--set",
                "upstreams.upstream.relay-requests=50",
                "--set",
                "upstreams.upstream.poll-min=20ms",
                "--set",
                "upstreams.upstream.poll-max=200ms");
    }

    @Test
    void whicheverIsKilledEveryRequestIsAnsweredAndPaidOnce() {
        var batches = new ArrayList<SubmittedBatch>();
        for (int round = 0; round < ROUNDS; round++) {
            var batch = new SubmittedBatch(new Questions(round * REQUESTS, REQUESTS));
            batches.add(batch);
            try (var provider = provider();
                    var relay = relay()) {
                provider.baseUri();
                relay.baseUri();
                var client = Thread.ofVirtual().start(() -> batch.create(relay));
                LockSupport.parkNanos(random.nextLong(Duration.ofMillis(900).toNanos()));
                if (random.nextBoolean()) {
                    provider.kill();
                    LockSupport.parkNanos(random.nextLong(Duration.ofMillis(300).toNanos()));
                }
                relay.kill();
                join(client);
            }
        }

        try (var provider = provider();
                var relay = relay();
                var atProvider = new BatchesCaller(provider.baseUri(), "any");
                var here = new BatchesCaller(relay)) {
            for (var batch : batches) {
                var id = batch.create(relay).orElseThrow();
                assertThat(here.awaitEnded(id).path("request_counts"))
                        .as("seed %d", SEED)
                        .isEqualTo(BatchJson.counts(REQUESTS));
                var results = here.results(id);
                assertThat(new HashSet<>(customIds(results))).hasSize(REQUESTS);
            }
            assertThat(requestsAt(atProvider))
                    .as("seed %d: requests the provider was paid for", SEED)
                    .isEqualTo(ROUNDS * REQUESTS);
        }
    }

    private static List<String> customIds(List<String> results) {
        return results.stream().map(line -> line.split("\"", 5)[3]).toList();
    }

    private static int requestsAt(BatchesCaller provider) {
        return provider.listed().stream()
                .mapToInt(id -> provider.awaitEnded(id).at("/request_counts/succeeded").asInt())
                .sum();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}

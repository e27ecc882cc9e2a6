package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.app.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A server whose upstream takes batches: another Nightmail, which is a Batches API itself. */
class RelayChainTest {

    private static final int REQUESTS = 300;

    private static TestServer relayTo(URI provider, String... more) {
        var sets =
                new ArrayList<>(
                        List.of(
                                "upstream=" + provider,
                                "upstreams.upstream.mode=batches",
                                "upstreams.upstream.api-key=any",
                                "upstreams.upstream.linger=50ms",
                                "upstreams.upstream.poll-min=20ms"));
        sets.addAll(List.of(more));
        return TestServer.start(sets.toArray(String[]::new));
    }

    @Test
    void aRelayedBatchHasTheResultsOfOneThatIsRunDirectly() {
        try (var provider = TestServer.start();
                var relay = relayTo(provider.baseUri());
                var direct = new BatchesCaller(provider.baseUri(), "any");
                var relayed = new BatchesCaller(relay.baseUri(), "any")) {
            var questions = new Questions(0, REQUESTS);
            var here = relayed.create(questions);
            var there = direct.create(questions);
            relayed.awaitEnded(here);
            direct.awaitEnded(there);

            assertThat(relayed.results(here))
                    .hasSize(REQUESTS)
                    .containsExactlyInAnyOrderElementsOf(direct.results(there));
            assertThat(relayed.retrieve(here).path("request_counts"))
                    .isEqualTo(BatchJson.counts(REQUESTS));
            assertThat(direct.listed()).hasSize(2);
            assertThat(records(relay)).isEmpty();
        }
    }

    @Test
    void smallBatchesTravelTogether() {
        try (var provider = TestServer.start();
                var relay = relayTo(provider.baseUri(), "upstreams.upstream.linger=1s");
                var atProvider = new BatchesCaller(provider.baseUri(), "any");
                var relayed = new BatchesCaller(relay.baseUri(), "any")) {
            var ids =
                    IntStream.range(0, 5)
                            .mapToObj(n -> relayed.create(new Questions(n * 10, 10), "key-" + n))
                            .toList();

            ids.forEach(id ->
                    assertThat(relayed.awaitEnded(id).path("request_counts"))
                            .isEqualTo(BatchJson.counts(10)));

            assertThat(atProvider.listed()).hasSize(1);
        }
    }

    @Test
    void aBatchLargerThanTheProviderTakesIsCut() {
        try (var provider = TestServer.start("limits.batch-requests=100");
                var relay = relayTo(provider.baseUri(), "upstreams.upstream.relay-requests=100");
                var atProvider = new BatchesCaller(provider.baseUri(), "any");
                var relayed = new BatchesCaller(relay.baseUri(), "any")) {
            var id = relayed.create(new Questions(0, 250));

            assertThat(relayed.awaitEnded(id).path("request_counts"))
                    .isEqualTo(BatchJson.counts(250));
            assertThat(atProvider.listed()).hasSize(3);
        }
    }

    private static List<String> records(TestServer server) {
        try (var files = Files.list(server.data().resolve("relays"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.nightmail.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointChoiceTest {

    @TempDir private Path folder;

    @Test
    void aServerThatSaysItIsASimulatorIsKnownAsOneWhereverItListens() throws Exception {
        assertThat(identityOfServerWhoseRequestsAre("req_sim_1")).isEqualTo(Endpoint.SIMULATOR);
    }

    @Test
    void anyOtherServerIsKnownByItsAddress() throws Exception {
        assertThat(identityOfServerWhoseRequestsAre("req_1")).startsWith("http://127.0.0.1:");
    }

    private String identityOfServerWhoseRequestsAre(String requestId) throws Exception {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.getResponseHeaders().add("request-id", requestId);
                    exchange.getResponseHeaders().add("content-type", "application/json");
                    var body = "{\"type\": \"model\"}".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        try {
            var base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            return new EndpointChoice(base, null)
                    .endpointFor(
                            PipelineFolder.withTexts(folder, 1).definition(),
                            new TestWorld(1).environment(1))
                    .identity();
        } finally {
            server.stop(0);
        }
    }
}

package dev.nightmail.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class WorkloadTest {

    @TempDir Path folder;

    @Test
    void aBodyHoldsEveryRequestUnderItsOwnIdAtItsFullSize() throws IOException {
        var body = folder.resolve("body.json");

        Workload.of(1_000).writeTo(body);

        var requests = JsonMapper.shared().readTree(body.toFile()).path("requests");
        var ids = new LinkedHashSet<String>();
        requests.forEach(request -> ids.add(request.path("custom_id").asString()));
        assertThat(ids).hasSize(1_000).contains("request-0000000", "request-0000999");
        assertThat(Files.size(body)).isBetween(1_000L * 2_550, 1_000L * 2_550 + 20);
    }

    @Test
    void aFullBatchIsJustUnder256MegabytesOfAMillionBytes() {
        assertThat(100_000L * Workload.REQUEST_BYTES).isBetween(250_000_000L, 256_000_000L);
    }

    @Test
    void theParametersOfARequestAreWhatItsBodyHolds() throws IOException {
        var workload = new Workload(3, 1);
        var body = folder.resolve("body.json");

        workload.writeTo(body);

        var params =
                JsonMapper.shared().readTree(body.toFile()).path("requests").path(2).path("params");
        assertThat(params).isEqualTo(JsonMapper.shared().readTree(workload.params(2)));
    }

    @Test
    void onlyTheLastRequestsAskToBeHeld() {
        var workload = new Workload(3, 1);

        assertThat(new String(workload.params(1), java.nio.charset.StandardCharsets.UTF_8))
                .doesNotContain(Workload.HELD);
        assertThat(new String(workload.params(2), java.nio.charset.StandardCharsets.UTF_8))
                .contains(Workload.HELD);
    }
}

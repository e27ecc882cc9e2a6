package dev.nightmail.bench.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class LettersTest {

    @TempDir private Path folder;

    @Test
    void theRequestsAskWhatAPipelineWouldAskOfTheRecords() throws IOException {
        var letters = Letters.of(3);
        letters.writeCsv(folder.resolve("letters.csv"));
        var bodies = letters.writeBodies(folder);

        var lines = Files.readAllLines(folder.resolve("letters.csv"));
        var requests = JsonMapper.shared().readTree(bodies.getFirst().toFile()).path("requests");
        assertThat(bodies).hasSize(1);
        assertThat(requests).hasSize(3);
        for (int number = 0; number < 3; number++) {
            var record = lines.get(number + 1).split(",", 2);
            var request = requests.path(number);
            assertThat(request.path("custom_id").asString()).isEqualTo(record[0]);
            assertThat(request.at("/params/messages/0/content").asString())
                    .isEqualTo(
                            Letters.PROMPT
                                    .replace("{{id}}", record[0])
                                    .replace("{{text}}", record[1]));
        }
    }

    @Test
    void aBatchIsNoLargerThanAPipelineMakesIt() throws IOException {
        var bodies = Letters.of(1_400).withSystem(150_000).writeBodies(folder);

        assertThat(bodies)
                .hasSizeGreaterThan(1)
                .allSatisfy(body -> assertThat(Files.size(body)).isLessThan(201_000_000));
    }
}

package dev.nightmail.pipeline.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.prompt.ContentHash;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Betas and API versions: what requests are asked with beside their bodies. */
@SuppressWarnings("NullAway.Init")
class TermsTest {

    private static final String BATCHES = "/v1/messages/batches";

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches().whoseModelsWrite(64_000);
    private final TestWorld world = new TestWorld(1);
    private PipelineFolder pipeline;
    private String plain;

    @BeforeEach
    void write() throws Exception {
        pipeline = PipelineFolder.withTexts(folder, 2);
        plain = Files.readString(folder.resolve("pipeline.yaml"));
    }

    private void naming(String lines) throws Exception {
        pipeline.file("pipeline.yaml", plain + lines);
    }

    private int accepted() throws Exception {
        assertThat(pipeline.run(server, world).done()).isEqualTo(2);
        return server.requestsAccepted();
    }

    @Test
    void everyCreateAndTheFreeCallsBeforeItCarryThem() throws Exception {
        naming("betas: [output-300k-2026-03-24, b]\nanthropic-version: 2026-10-21\n");

        pipeline.run(server, world);

        for (var call :
                new String[] {
                    "POST " + BATCHES, "POST /v1/messages/count_tokens", "GET /v1/models/"
                }) {
            assertThat(server.terms(call))
                    .as(call)
                    .isNotEmpty()
                    .allSatisfy(terms -> {
                        assertThat(terms.version()).isEqualTo("2026-10-21");
                        assertThat(terms.betas()).isEqualTo("output-300k-2026-03-24,b");
                    });
        }
        assertThat(server.terms("GET " + BATCHES))
                .as("looks need none")
                .isNotEmpty()
                .allSatisfy(terms -> assertThat(terms.betas()).isEmpty());
    }

    @Test
    void whoNamesNoneSendsNoneAndKeepsTheHashOfEarlierReleases() throws Exception {
        pipeline.run(server, world);

        assertThat(server.terms("POST " + BATCHES))
                .containsExactly(new FakeBatches.Terms("POST " + BATCHES, "2023-06-01", ""));
        var params = server.batches().getFirst().params.getFirst().toString().getBytes(UTF_8);
        try (var state =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("pipeline.state.db"));
                var statement = state.createStatement();
                var rows =
                        statement.executeQuery(
                                "select lower(hex(content)) from record order by record limit 1")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1))
                    .isEqualTo(
                            ContentHash.of("test".getBytes(UTF_8), new byte[] {0}, params).value());
        }
    }

    @Test
    void otherTermsAskAnewAndTheSameInOtherWordsDoNot() throws Exception {
        assertThat(accepted()).isEqualTo(2);
        naming("anthropic-version: 2023-06-01\n");
        assertThat(accepted()).as("what is sent anyway").isEqualTo(2);
        naming("betas: [b, a]\n");
        assertThat(accepted()).isEqualTo(4);
        naming("betas: [a, b]\n");
        assertThat(accepted()).as("in another order").isEqualTo(4);
        naming("betas: [a, b]\nanthropic-version: 2026-10-21\n");
        assertThat(accepted()).isEqualTo(6);
        naming("");
        assertThat(accepted()).as("back to what was answered").isEqualTo(6);
    }

    @Test
    void aBatchInDoubtIsSentAgainOnTheTermsItWasCutWith() throws Exception {
        naming("betas: [a]\n");
        server.dropCreates.set(100);
        assertThatThrownBy(() -> pipeline.run(server, world)).isInstanceOf(RunException.class);
        server.dropCreates.set(0);
        var before = server.terms("POST " + BATCHES).size();
        // One record is still asked as before; the other is not in the source any more.
        naming("betas: [b]\n");
        Files.delete(folder.resolve("texts/001.txt"));

        pipeline.run(server, world);

        assertThat(server.terms("POST " + BATCHES))
                .extracting(FakeBatches.Terms::betas)
                .startsWith("a")
                .endsWith("b");
        assertThat(server.terms("POST " + BATCHES)).hasSize(before + 2);
    }

    @Test
    void moreThanAModelWritesIsRefusedBeforehandUnlessABetaMayAllowIt() throws Exception {
        plain = plain.replace("max_tokens: 100", "max_tokens: 200000");
        naming("");
        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("writes at most 64,000 tokens");
        assertThat(server.batches()).isEmpty();

        naming("betas: [output-300k-2026-03-24]\n");
        assertThat(accepted()).isEqualTo(2);
    }
}

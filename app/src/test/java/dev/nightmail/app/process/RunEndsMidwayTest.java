package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that ends in the middle of its batch, and the one that goes on with it. */
class RunEndsMidwayTest {

    private static final Questions QUESTIONS = new Questions(1000);
    private static final int ANSWERED = 300;
    private static final int SIGKILLED = 128 + 9;
    private static final int SIGTERMED = 128 + 15;

    @TempDir private Path folder;
    private PipelineFiles pipeline;

    RunEndsMidwayTest() {
        pipeline = new PipelineFiles(Path.of(""), QUESTIONS);
    }

    @BeforeEach
    void writePipeline() throws IOException {
        pipeline = PipelineFiles.write(folder, QUESTIONS);
    }

    @Test
    void aRunKilledWhileAServerWorksForItFindsItsBatchAgain() throws IOException {
        try (var upstream = new HeldUpstream();
                var server = ForkedNightmail.serving(folder.resolve("data"), upstream);
                var caller = new BatchesCaller(server)) {
            upstream.allow(ANSWERED);
            try (var run = run(server)) {
                run.awaitError("submitted as msgbatch_");
                upstream.awaitFullOfHeldCalls();

                run.kill();
            }
            assertThat(pipeline.sink()).doesNotExist();
            upstream.allowAll();

            assertCompletes(run(server));

            assertThat(caller.listed()).hasSize(1);
            assertThat(upstream.repeated()).isEmpty();
            pipeline.assertAllInSink();
        }
    }

    @Test
    void aRunToldToStopSaysWhatBecameOfItsWorkAndIsGoneOnWith() throws IOException {
        try (var upstream = new HeldUpstream();
                var server = ForkedNightmail.serving(folder.resolve("data"), upstream);
                var caller = new BatchesCaller(server)) {
            upstream.allow(ANSWERED);
            try (var run = run(server)) {
                run.awaitError("submitted as msgbatch_");
                upstream.awaitFullOfHeldCalls();

                run.terminate();

                assertThat(run.awaitExit()).isEqualTo(SIGTERMED);
                assertThat(run.errors().getLast())
                        .contains("stopped", "Nothing is lost", "run it again");
            }
            upstream.allowAll();

            assertCompletes(run(server));

            assertThat(caller.listed()).hasSize(1);
            assertThat(upstream.repeated()).isEmpty();
            pipeline.assertAllInSink();
        }
    }

    @Test
    void aRunKilledWithTheServerInsideItGoesOnWithBoth() throws IOException {
        try (var run = runWithServerInside()) {
            run.awaitError("submitted as msgbatch_");

            run.kill();

            assertThat(run.awaitExit()).isEqualTo(SIGKILLED);
        }

        assertGoesOnWithItsBatch();
    }

    @Test
    void aRunToldToStopStopsTheServerInsideIt() throws IOException {
        try (var run = runWithServerInside()) {
            run.awaitError("submitted as msgbatch_");

            run.terminate();

            assertThat(run.awaitExit()).isEqualTo(SIGTERMED);
            assertThat(run.errors().getLast())
                    .contains("stopped", "Nothing is lost", "run it again");
        }

        assertGoesOnWithItsBatch();
    }

    private ForkedNightmail run(ForkedNightmail server) {
        return ForkedNightmail.run(
                "run",
                pipeline.yaml().toString(),
                "--yes",
                "--endpoint",
                server.baseUri().toString());
    }

    private ForkedNightmail runWithServerInside() {
        return ForkedNightmail.run("run", pipeline.yaml().toString());
    }

    private static void assertCompletes(ForkedNightmail run) {
        try (run) {
            assertThat(run.awaitExit()).as("%s", run.errors()).isZero();
        }
    }

    /** The folder of the server inside goes with the run that completes, so the run must tell. */
    private void assertGoesOnWithItsBatch() throws IOException {
        try (var next = runWithServerInside()) {
            assertThat(next.awaitExit()).as("%s", next.errors()).isZero();
            assertThat(next.errors()).noneMatch(line -> line.contains("submitted as"));
        }
        pipeline.assertAllSimulatedInSink();
    }
}

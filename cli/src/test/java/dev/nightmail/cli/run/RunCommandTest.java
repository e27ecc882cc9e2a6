package dev.nightmail.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.cli.CommandLineSession;
import dev.nightmail.cli.FakeBatchesServer;
import dev.nightmail.cli.surroundings.EmbeddedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunCommandTest {

    private static final String PIPELINE =
            """
            name: tides
            source: { sql: "select id, text from 'records.jsonl' order by id" }
            model: claude-haiku-4-5
            max_tokens: 100
            prompt: |
              Rate this.
              {{text}}
            sink: { file: results.jsonl }
            """;

    @TempDir Path folder;
    private final FakeBatchesServer server = new FakeBatchesServer();

    private CommandLineSession session() {
        return new CommandLineSession(folder);
    }

    @BeforeEach
    void writePipeline() {
        session()
                .file("tides.yaml", PIPELINE)
                .file(
                        "records.jsonl",
                        """
                        {"id": "a", "text": "high"}
                        {"id": "b", "text": "low"}
                        {"id": "c", "text": "slack"}
                        """);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void aRunAgainstANamedEndpointWritesTheAnswersAndASummary() throws IOException {
        var session = session();

        var code = session.run("run", "tides.yaml", "--endpoint", server.baseUri().toString());

        assertThat(session.err()).contains("3 records, 3 to send").contains("Batch 1: 3 requests");
        assertThat(session.out())
                .startsWith("tides  complete\n")
                .contains("records  3", "done     3", "results  results.jsonl")
                .doesNotContain("\u001b");
        assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(3);
        assertThat(code).isZero();
    }

    @Test
    void answersGoIntoTheTableOfADatabaseThatTheEnvironmentNames() throws Exception {
        var session =
                session()
                        .with("TIDES_DB", "sqlite:tides.db")
                        .file(
                                "tides.yaml",
                                PIPELINE.replaceFirst(
                                        "(?m)^sink: .*$",
                                        "sink: { database: { url: \"\\${TIDES_DB}\", table: tide } }"));

        var code = session.run("run", "tides.yaml", "--endpoint", server.baseUri().toString());

        assertThat(session.err()).contains("Note: made the table tide: create table \"tide\"");
        assertThat(session.out()).contains("results  table tide in sqlite:tides.db");
        assertThat(folder.resolve("report.html"))
                .content()
                .contains("table tide in sqlite:tides.db");
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tides.db"));
                var rows = connection.createStatement().executeQuery("select count(*) from tide")) {
            assertThat(rows.getInt(1)).isEqualTo(3);
        }
        assertThat(code).isZero();
    }

    @Test
    void aRecordWithoutAnAnswerMakesTheExitCodeThree() {
        server.failRequestsWith("b");
        var session = session();

        var code = session.run("run", "tides.yaml", "--endpoint", server.baseUri().toString());

        assertThat(code).isEqualTo(3);
        assertThat(session.out())
                .contains("set aside  1  1 invalid request")
                .contains("set aside  failed.jsonl");
    }

    @Test
    void aPilotThatFailsMakesTheExitCodeFourAndSaysWhatToDo() {
        var session = withFailingPilot();

        var code = session.run("run", "tides.yaml", "--endpoint", server.baseUri().toString());

        assertThat(code).isEqualTo(4);
        assertThat(session.err())
                .contains("The pilot: 1 of 2 requests failed, and at most 0 may:")
                .contains("  1 invalid request, such as b: invalid_request_error: ");
        assertThat(session.out())
                .startsWith("tides  stopped by the pilot\n")
                .contains("not sent   1")
                .contains(
                        "Mend the prompt or the schema and run it again, or go on regardless with --no-pilot.");
    }

    @Test
    void atATerminalARunGoesOnAfterAPilotThatFailedIfSomebodyWantsIt() {
        var yes = withFailingPilot().atTerminal("y\n");
        assertThat(yes.run("run", "tides.yaml", "--endpoint", server.baseUri().toString()))
                .isEqualTo(3);
        assertThat(yes.err()).contains("Do you want to send the rest all the same? [y/N]");
    }

    @Test
    void atATerminalANoStopsTheRunAfterAPilotThatFailed() {
        var no = withFailingPilot().atTerminal("n\n");

        assertThat(no.run("run", "tides.yaml", "--endpoint", server.baseUri().toString()))
                .isEqualTo(4);
    }

    @Test
    void yesDoesNotAgreeToAPilotThatFailed() {
        var session = withFailingPilot().atTerminal("y\n");

        var code =
                session.run(
                        "run", "tides.yaml", "--yes", "--endpoint", server.baseUri().toString());

        assertThat(code).isEqualTo(4);
        assertThat(session.err()).doesNotContain("[y/N]");
    }

    @Test
    void noPilotSendsEverything() {
        var session = withFailingPilot();

        var code =
                session.run(
                        "run",
                        "tides.yaml",
                        "--no-pilot",
                        "--json",
                        "--endpoint",
                        server.baseUri().toString());

        assertThat(code).isEqualTo(3);
        assertThat(session.out()).doesNotContain("pilot_judged").contains("\"done\":2");
    }

    @Test
    void forProgramsAPilotIsJudgedInNumbers() {
        var session = withFailingPilot();

        session.run("run", "tides.yaml", "--json", "--endpoint", server.baseUri().toString());

        assertThat(session.out())
                .contains(
                        "{\"event\":\"pilot_judged\",\"passed\":false,\"requests\":2,\"answered\":1,\"allowed\":0,\"failed\":{\"invalid_request\":1}}")
                .contains("\"end\":\"stopped_by_pilot\"");
    }

    /** One of the first two of its three records fails. */
    private CommandLineSession withFailingPilot() {
        server.failRequestsWith("b");
        return session().file("tides.yaml", PIPELINE + "pilot: { records: 2, stop-above: 0 }\n");
    }

    @Test
    void withNothingSaidTheBuiltInSimulatorAnswersAndSaysSo() {
        var embedded = new EmbeddedFake(server);
        var session = session().with(embedded);

        var code = session.run("run", "tides.yaml");

        assertThat(session.err())
                .startsWith("The built-in simulator answers.")
                .contains("ANTHROPIC_API_KEY");
        assertThat(session.out())
                .containsPattern(
                        "cost +simulated: would have cost about \\$[0-9.]+ at Anthropic's batch price");
        assertThat(embedded.folders).containsExactly(folder.resolve(".nightmail/tides"));
        assertThat(embedded.closed).isEqualTo(1);
        assertThat(code).isZero();
    }

    @Test
    void theStatusSaysThatWhatWasSimulatedCostNothing() {
        session().with(new EmbeddedFake(server)).run("run", "tides.yaml");
        var session = session();

        assertThat(session.run("status", "tides.yaml")).isZero();

        assertThat(session.out())
                .endsWith(
                        "\n\n  Simulated answers cost nothing: shown is about what they would have cost at the price of a batch.\n");
    }

    @Test
    void theSimulatorsFolderGoesWithTheRunThatNeedsItNoMore() {
        session().with(new EmbeddedFake(server)).run("estimate", "tides.yaml");
        session().with(new EmbeddedFake(server)).run("run", "tides.yaml", "--dry-run");
        assertThat(folder.resolve(".nightmail")).doesNotExist();

        session().with(new EmbeddedFake(server)).run("run", "tides.yaml");
        assertThat(folder.resolve(".nightmail")).doesNotExist();
    }

    @Test
    void theSimulatorsFolderStaysWhileThereIsSomethingLeftToDo() {
        server.cancelAll();

        session().with(new EmbeddedFake(server)).run("run", "tides.yaml");
        session().with(new EmbeddedFake(server)).run("estimate", "tides.yaml");

        assertThat(folder.resolve(".nightmail/tides/batches/a")).exists();
    }

    @Test
    void outsideATerminalThePlanEndsWithoutAnEmptyLine() {
        session().with(new EmbeddedFake(server)).run("run", "tides.yaml");
        var again = session().with(new EmbeddedFake(server));

        again.run("run", "tides.yaml");

        assertThat(again.err()).endsWith("nothing to send\n");
    }

    @Test
    void runningAgainSendsNothingTwice() {
        var embedded = new EmbeddedFake(server);
        session().with(embedded).run("run", "tides.yaml");
        var again = session().with(embedded);

        var code = again.run("run", "tides.yaml");

        assertThat(server.calls("POST", "/v1/messages/batches")).hasSize(1);
        assertThat(again.err()).contains("3 records, 3 answered, nothing to send");
        assertThat(code).isZero();
    }

    @Test
    void whoeverChargesOrDoesNotSayIsNotPaidWithoutConsent() {
        for (var billing : List.of("standard", "batch", "gratis", "")) {
            server.bill(billing);
            var session = session();

            assertThat(there(session, "run", "tides.yaml")).as(billing).isEqualTo(2);

            assertThat(session.err()).contains("this would send 3 requests to 127.0.0.1");
        }
        assertThat(server.calls("POST", "/v1/messages/batches")).isEmpty();
    }

    @Test
    void whatIsFreeIsSentUnaskedAndCalledFree() {
        var session = session();

        assertThat(there(session, "run", "tides.yaml")).isZero();

        assertThat(session.err()).contains("An estimate; answers are free at this endpoint");
        assertThat(session.out()).contains("cost     free");
        var status = session();
        status.run("status", "tides.yaml");
        assertThat(status.out()).containsPattern("collected .* free\n");
    }

    @Test
    void aBudgetStopsNoRunThatIsSimulated() throws IOException {
        Files.writeString(folder.resolve("tides.yaml"), PIPELINE + "budget: { usd: 0.0000001 }\n");
        server.bill("simulated");
        var session = session();

        assertThat(there(session, "run", "tides.yaml")).isZero();

        assertThat(session.err()).contains("of which this spends nothing");
        assertThat(session.out()).contains("tides  complete");
    }

    @Test
    void whatIsAssumedOfAnEndpointIsSaid() {
        server.bill("");
        var session = session();

        assertThat(there(session, "estimate", "tides.yaml")).isZero();

        assertThat(session.out())
                .contains(
                        "the endpoint does not say what it charges, so Anthropic's batch price is assumed");
    }

    private int there(CommandLineSession session, String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--endpoint", server.baseUri().toString()));
        return session.run(all.toArray(String[]::new));
    }

    @Test
    void claudeIsNotPaidWithoutConsentWhenNobodyCanBeAsked() {
        var session = claude();

        var code = session.run("run", "tides.yaml");

        assertThat(code).isEqualTo(2);
        assertThat(session.err())
                .contains("this would send 3 requests to 127.0.0.1 for about $0.00")
                .contains("add --yes to agree, or --dry-run to only look. Nothing was sent");
        assertThat(session.out()).isEmpty();
        assertThat(server.calls("POST", "/v1/messages/batches")).isEmpty();
    }

    @Test
    void claudeIsPaidWithConsentGivenBeforehand() {
        var session = claude();

        var code = session.run("run", "tides.yaml", "--yes");

        assertThat(code).isZero();
        assertThat(server.calls("POST", "/v1/messages/batches").getFirst().header("x-api-key"))
                .isEqualTo("sk-ant-secret");
        assertThat(session.out()).contains("cost     $0.003");
    }

    @Test
    void atATerminalClaudeIsPaidAfterAYes() {
        var session = claude().atTerminal("y\n");

        var code = session.run("run", "tides.yaml");

        assertThat(session.err()).contains("Do you want to send 3 requests").contains("[y/N]");
        assertThat(code).isZero();
    }

    @Test
    void anythingButAYesIsANo() {
        for (var answer : List.of("\n", "n\n", "", "why\n")) {
            var session = claude().atTerminal(answer);

            assertThat(session.run("run", "tides.yaml")).isEqualTo(2);

            assertThat(session.err()).contains("declined. Nothing was sent");
        }
        assertThat(server.calls("POST", "/v1/messages/batches")).isEmpty();
    }

    @Test
    void namingClaudeAsTheEndpointAsksJustTheSame() {
        var session = claude();

        assertThat(session.run("run", "tides.yaml", "--endpoint", "claude")).isEqualTo(2);
        assertThat(session.run("run", "tides.yaml", "--endpoint", server.baseUri().toString()))
                .isEqualTo(2);
        assertThat(session.err()).contains("add --yes to agree");
    }

    @Test
    void aDryRunShowsThePlanAndOnePromptAndSendsNothing() {
        var session = claude();

        var code = session.run("run", "tides.yaml", "--dry-run");

        assertThat(code).isZero();
        assertThat(session.out())
                .contains("tides  claude-haiku-4-5 at " + server.baseUri())
                .contains("3 records, 3 to send")
                .containsPattern("low +likely +high")
                .contains("The prompt of record a:\n\n  | Rate this.\n  | high\n")
                .endsWith("No batch was sent.\n");
        assertThat(server.calls("POST", "/v1/messages/batches")).isEmpty();
    }

    @Test
    void estimateSaysTheCostAndSendsNothing() {
        var session = claude();

        var code = session.run("estimate", "tides.yaml", "--json");

        var json = JsonMapper.shared().readTree(session.out());
        assertThat(code).isZero();
        assertThat(json.at("/records/outstanding").asInt()).isEqualTo(3);
        assertThat(json.at("/cost_micros/likely").asLong()).isPositive();
        assertThat(json.has("sample")).isFalse();
        assertThat(server.calls("POST", "/v1/messages/batches")).isEmpty();
    }

    @Test
    void aLimitTakesOnlyTheFirstRecords() {
        var session = session();

        session.run("run", "tides.yaml", "--limit", "2", "--endpoint", server.baseUri().toString());

        assertThat(session.out()).contains("records  2");
    }

    @Test
    void forProgramsEveryEventIsALineOfJson() {
        var session = session();

        var code =
                session.run(
                        "run", "tides.yaml", "--json", "--endpoint", server.baseUri().toString());

        var events = session.outLines().stream().map(JsonMapper.shared()::readTree).toList();
        assertThat(events.stream().map(event -> event.required("event").asString()).toList())
                .startsWith("planned", "batch_intended", "batch_submitted")
                .contains("progress", "batch_collected", "file_written")
                .endsWith("finished");
        JsonNode finished = events.getLast();
        assertThat(finished.required("done").asInt()).isEqualTo(3);
        assertThat(finished.required("end").asString()).isEqualTo("complete");
        assertThat(session.err()).isEmpty();
        assertThat(code).isZero();
    }

    @Test
    void aPipelineThatIsNotThereIsWrongUsage() {
        var session = session();

        assertThat(session.run("run", "missing.yaml")).isEqualTo(2);
        assertThat(session.err()).startsWith("nightmail: ").contains("missing.yaml");
        assertThat(session.err().lines()).hasSize(1);
    }

    @Test
    void everyFlawOfAPipelineHasItsLine() {
        var session = session().file("bad.yaml", "model: claude-haiku-4-5\nmax_token: 5\n");

        assertThat(session.run("run", "bad.yaml")).isEqualTo(2);
        assertThat(session.err().lines().toList())
                .hasSizeGreaterThan(2)
                .allMatch(line -> line.startsWith("nightmail: "))
                .anyMatch(line -> line.contains("max_token"));
    }

    @Test
    void aLimitOfNothingIsWrongUsage() {
        var session = session();

        assertThat(session.run("run", "tides.yaml", "--limit", "0")).isEqualTo(2);
        assertThat(session.err()).isEqualTo("nightmail: --limit 0: give a number from 1\n");
    }

    @Test
    void aSourceThatCannotBeReadFails() throws IOException {
        Files.delete(folder.resolve("records.jsonl"));
        var session = session();

        var code = session.run("run", "tides.yaml", "--endpoint", server.baseUri().toString());

        assertThat(code).isEqualTo(1);
        assertThat(session.err()).contains("nightmail: source.sql: ");
    }

    @Test
    void aRefusedKeyFailsWithTheVariableToCheck() {
        server.refuseWith(401);
        var session = session();

        var code = session.run("run", "tides.yaml", "--endpoint", server.baseUri().toString());

        assertThat(code).isEqualTo(1);
        assertThat(session.err())
                .contains("401 authentication_error")
                .contains("check the key in NIGHTMAIL_API_KEY");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "estimate"})
    void anEndpointThatDoesNotAnswerIsToldOfAtOnceAndOnce(String command) {
        server.refuseWith(503);
        var session = session();

        session.run(command, "tides.yaml", "--endpoint", server.baseUri().toString());

        assertThat(session.err().lines().filter(line -> line.contains("trying again")))
                .containsExactly(server.baseUri() + " answers 503; trying again");
        assertThat(session.err()).startsWith(server.baseUri() + " answers 503; trying again\n");
    }

    @Test
    void stoppingSaysThatRunningAgainGoesOn() {
        var session =
                session()
                        .whenWaiting(_ -> {
                            throw new InterruptedException();
                        });

        var code = session.run("run", "tides.yaml", "--endpoint", server.baseUri().toString());

        assertThat(code).isEqualTo(130);
        assertThat(session.err().lines().toList().getLast())
                .isEqualTo(
                        "nightmail: stopped. Nothing is lost: run it again and it goes on from"
                                + " here");
    }

    @Test
    void whatWasStoppedGoesOnWithTheSameBatch() {
        var endpoint = server.baseUri().toString();
        session()
                .whenWaiting(_ -> {
                    throw new InterruptedException();
                })
                .run("run", "tides.yaml", "--endpoint", endpoint);

        var code = session().run("run", "tides.yaml", "--endpoint", endpoint);

        assertThat(code).isZero();
        assertThat(server.calls("POST", "/v1/messages/batches")).hasSize(1);
    }

    @Test
    void theKeyForClaudeNeverGoesToAnotherServer() {
        var session = session().with("ANTHROPIC_API_KEY", "sk-ant-secret");

        session.run("run", "tides.yaml", "--endpoint", server.baseUri().toString());

        assertThat(server.calls())
                .isNotEmpty()
                .allMatch(call -> "local".equals(call.header("x-api-key")));
    }

    private CommandLineSession claude() {
        server.bill("batch");
        return session().withClaudeAt(server.baseUri()).with("ANTHROPIC_API_KEY", "sk-ant-secret");
    }

    /** A server with a data folder; what it serves is the fake. */
    static EmbeddedServer.Running started(FakeBatchesServer server, Path dataFolder) {
        try {
            Files.writeString(
                    Files.createDirectories(dataFolder.resolve("batches")).resolve("a"), "a");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new EmbeddedServer.Running() {
            @Override
            public URI baseUri() {
                return server.baseUri();
            }

            @Override
            public void close() {}
        };
    }

    /** Counts its lives; what it serves is the fake. */
    private static final class EmbeddedFake implements EmbeddedServer {
        private final FakeBatchesServer server;
        private final List<Path> folders = new ArrayList<>();
        private int closed;

        EmbeddedFake(FakeBatchesServer server) {
            this.server = server;
        }

        @Override
        public Running start(Path dataFolder) {
            folders.add(dataFolder);
            var running = started(server, dataFolder);
            return new Running() {
                @Override
                public URI baseUri() {
                    return running.baseUri();
                }

                @Override
                public void close() {
                    closed++;
                }
            };
        }
    }
}

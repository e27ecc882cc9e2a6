package dev.nightmail.cli.upstreams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.cli.CommandLineSession;
import dev.nightmail.cli.FakeBatchesServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class UpstreamsCommandTest {

    /** The session's clock stands at 13:00:00. */
    private static final String STANDING =
            """
            {"data":[
             {"name":"claude","type":"upstream","condition":"slowed","paused_until":null,
              "calls_in_flight":{"batches":61,"batches_limit":64,"batches_max":64,"interactive":3},
              "rate_limits":[{"of":"requests","limit":4000,"remaining":12,"refill_per_second":66.667},
               {"of":"input_tokens","limit":2000000,"remaining":140000,"refill_per_second":33333.3}],
              "calls_per_second_found":null,"batches_waiting":2,
              "calls":{"answered":184223,"throttled":17,"failed":3},
              "answers_per_second":65.9,"last_problem":null},
             {"name":"local","type":"upstream","condition":"unauthorized",
              "paused_until":"2026-11-21T13:00:12.000000Z",
              "calls_in_flight":{"batches":0,"batches_limit":1,"batches_max":256,"interactive":0},
              "rate_limits":[],"calls_per_second_found":4.25,"batches_waiting":1,
              "calls":{"answered":0,"throttled":0,"failed":9},"answers_per_second":0.0,
              "last_problem":{"reason":"status 401 (authentication_error): look at upstreams.local.api-key and at the account it belongs to",
               "at":"2026-11-21T12:59:57.000000Z"}},
             {"name":"spare","type":"upstream","condition":"healthy","paused_until":null,
              "calls_in_flight":{"batches":0,"batches_limit":16,"batches_max":256,"interactive":0},
              "rate_limits":[],"calls_per_second_found":null,"batches_waiting":0,
              "calls":{"answered":0,"throttled":0,"failed":0},"answers_per_second":0.0,
              "relays":null,"last_problem":null},
             {"name":"half-price","type":"upstream","condition":"paused",
              "paused_until":"2026-11-21T13:00:08.000000Z",
              "calls_in_flight":{"batches":0,"batches_limit":16,"batches_max":64,"interactive":1},
              "rate_limits":[],"calls_per_second_found":null,"batches_waiting":3,
              "calls":{"answered":12,"throttled":0,"failed":0},"answers_per_second":0.1,
              "relays":{"out":2,"max":8,"requests":150000,"requests_max":400000,
               "requests_waiting":2310},
              "last_problem":{"reason":"rate limit","at":"2026-11-21T12:59:58.000000Z"}}]}
            """;

    private final FakeBatchesServer server = new FakeBatchesServer();
    private final CommandLineSession session = new CommandLineSession(Path.of("."));

    @AfterEach
    void stopServer() {
        server.close();
    }

    private int upstreams(String... more) {
        var arguments = new String[more.length + 3];
        arguments[0] = "upstreams";
        arguments[1] = "--endpoint";
        arguments[2] = server.baseUri().toString();
        System.arraycopy(more, 0, arguments, 3, more.length);
        return session.run(arguments);
    }

    @Test
    void aTableAndBelowItWhatDoesNotFitIntoOne() {
        server.upstreamsStand(STANDING);

        assertThat(upstreams()).isZero();

        assertThat(session.out())
                .isEqualTo(
                        """
                        UPSTREAM    STATE             IN FLIGHT  INTERACTIVE  ANSWERS  ANSWERED  REFUSED  FAILED
                        claude      slowed        61 of 64 (64)            3     66/s   184,223       17       3
                        local       unauthorized   0 of 1 (256)            0        -         0        0       9
                        spare       healthy       0 of 16 (256)            0        -         0        0       0
                        half-price  paused         0 of 16 (64)            1  6.0/min        12        0       0

                        claude
                          2 batches waiting
                          left of its limits: 12 of 4,000 requests, 140,000 of 2,000,000 input tokens

                        local
                          no call of a batch for another 12 s
                          1 batch waiting
                          limit found: 4.3/s
                          last problem, 3.0 s ago: status 401 (authentication_error): look at upstreams.local.api-key and at the account it belongs to

                        half-price
                          no batch is given to it for another 8.0 s
                          has 2 of 8 batches, with 150,000 of 400,000 requests; 2,310 wait for the next one
                          3 batches waiting
                          last problem, 2.0 s ago: rate limit
                        """);
        assertThat(session.err()).isEmpty();
    }

    @Test
    void oneThatIsHeldSaysHowItIsResumed() {
        server.upstreamsStand(
                STANDING.replace(
                        "\"requests_waiting\":2310", "\"requests_waiting\":2310,\"held\":true"));

        assertThat(upstreams()).isZero();

        assertThat(session.out())
                .contains(
                        "half-price\n",
                        "held: batches of ours were canceled there. Nothing is sent until: nightmail upstreams resume half-price\n");
    }

    @Test
    void oneIsResumedByItsName() {
        assertThat(resume("half-price")).isZero();

        assertThat(session.out()).isEqualTo("half-price is given batches again.\n");
        assertThat(resumed()).isEqualTo(1);
    }

    @Test
    void theServerMayBeNamedBeforeTheWordResume() {
        assertThat(upstreams("resume", "half-price")).isZero();

        assertThat(resumed()).isEqualTo(1);
    }

    private long resumed() {
        return server.calls().stream()
                .filter(call -> call.method().equals("POST"))
                .filter(call -> call.path().equals("/nightmail/v1/upstreams/half-price/resume"))
                .count();
    }

    @Test
    void oneThatIsNotThereIsNotResumed() {
        assertThat(resume("another")).isEqualTo(1);

        assertThat(session.err())
                .isEqualTo(
                        "nightmail: "
                                + server.baseUri()
                                + " has no upstream another; nightmail upstreams shows which there are\n");
    }

    private int resume(String name) {
        return session.run("upstreams", "resume", name, "--endpoint", server.baseUri().toString());
    }

    @Test
    void programsGetAnUpstreamALineAsTheServerDescribesIt() {
        server.upstreamsStand(STANDING);

        assertThat(upstreams("--json")).isZero();

        var mapper = JsonMapper.shared();
        assertThat(session.outLines().stream().map(mapper::readTree).toList())
                .isEqualTo(mapper.readTree(STANDING).path("data").values().stream().toList());
    }

    @Test
    void aServerThatHasNoUpstreamsIsSaidToBeNone() {
        assertThat(upstreams()).isEqualTo(1);

        assertThat(session.err())
                .isEqualTo(
                        "nightmail: "
                                + server.baseUri()
                                + " does not tell of upstreams: is it a Nightmail server, of this version?\n");
        assertThat(session.out()).isEmpty();
    }

    @Test
    void anthropicIsNotAsked() {
        session.with("ANTHROPIC_API_KEY", "sk").withClaudeAt(server.baseUri());

        assertThat(session.run("upstreams", "--endpoint", "claude")).isEqualTo(2);
        assertThat(session.err())
                .isEqualTo(
                        "nightmail: --endpoint claude: Anthropic's API has no upstreams; give the URL of a Nightmail server, such as http://127.0.0.1:8787\n");
        assertThat(upstreams()).isEqualTo(2);
        assertThat(server.calls()).isEmpty();
    }

    @Test
    void aKeyWithoutTheRightsSaysWhatToCheck() {
        server.refuseWith(403);

        assertThat(upstreams()).isEqualTo(1);

        assertThat(session.err())
                .contains("asking for upstreams was refused: 403", "check the key");
    }
}

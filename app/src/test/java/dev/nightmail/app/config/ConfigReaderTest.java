package dev.nightmail.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.nightmail.app.config.NightmailConfig.RelayConfig;
import dev.nightmail.app.config.NightmailConfig.UpstreamConfig;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.schedule.Routes;
import dev.nightmail.core.usage.AnswerBilling;
import dev.nightmail.upstream.http.Secret;
import dev.nightmail.upstream.openai.MaxTokensField;
import dev.nightmail.upstream.simulator.FaultScript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {

    @TempDir private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> flags = new HashMap<>();
    private final List<String> sets = new ArrayList<>();
    private @Nullable Path file;

    @Test
    void memoryIsAPartOfTheHeapAndAnAddressGetsHalfOfTheConnections() {
        var usual = read().capacity();

        long heap = Runtime.getRuntime().maxMemory();
        assertThat(usual.bodyMemoryBytes()).isBetween(Math.min(16L << 20, heap / 8), heap / 4);
        assertThat(usual.answerMemoryBytes()).isEqualTo(usual.bodyMemoryBytes());
        assertThat(usual.connections()).isEqualTo(10_000);
        assertThat(usual.connectionsPerAddress()).isEqualTo(5_000);

        sets.addAll(
                List.of(
                        "limits.body-memory=100MB",
                        "limits.answer-memory=200MB",
                        "limits.memory-wait=3s",
                        "limits.connections=300"));
        assertThat(read().capacity())
                .isEqualTo(
                        new NightmailConfig.Capacity(
                                100L << 20, 200L << 20, Duration.ofSeconds(3), 300, 150));
    }

    // Where values come from

    @Test
    void withNothingSaidTheSimulatorAnswersOnLoopbackWithThePublishedLimits() {
        var config = read();

        assertThat(config.listen().host()).isEqualTo("127.0.0.1");
        assertThat(config.listen().port()).isEqualTo(8787);
        assertThat(config.listen().publicUrl()).isNull();
        assertThat(config.data()).isEqualTo(Path.of("nightmail-data"));
        assertThat(config.limits())
                .isEqualTo(
                        new NightmailConfig.Limits(
                                100_000,
                                268_435_456,
                                Duration.ofHours(24),
                                Duration.ofDays(29),
                                Duration.ofMinutes(10),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(2)));
        assertThat(config.retries())
                .isEqualTo(
                        new NightmailConfig.Retries(
                                5, Duration.ofMillis(500), Duration.ofSeconds(30)));
        assertThat(config.isSimulated()).isTrue();
        assertThat(upstreams(config, "any-model")).containsExactly("simulator");
    }

    @Test
    void flagsWinOverSetsThoseOverTheEnvironmentAndThatOverTheFile() {
        file("listen: { host: 10.0.0.1, port: 1 }");
        assertThat(read().listen().port()).isEqualTo(1);

        environment.put("NIGHTMAIL_LISTEN_PORT", "2");
        assertThat(read().listen().port()).isEqualTo(2);

        sets.add("listen.port=3");
        assertThat(read().listen().port()).isEqualTo(3);

        flags.put("listen.port", "4");
        assertThat(read().listen().port()).isEqualTo(4);
        assertThat(read().listen().host()).isEqualTo("10.0.0.1");
    }

    @Test
    void theLastOfTwoSetsOfOneKeyCounts() {
        sets.addAll(List.of("limits.window=1h", "limits.window = 2h"));

        assertThat(read().limits().window()).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void aVariableThatIsSetToNothingCountsAsNotSet() {
        environment.put("NIGHTMAIL_LISTEN_PORT", " ");

        assertThat(read().listen().port()).isEqualTo(8787);
    }

    @Test
    void keysWithDashesHaveVariablesWithUnderscores() {
        environment.put("NIGHTMAIL_LIMITS_BATCH_REQUESTS", "7");

        assertThat(read().limits().batchRequests()).isEqualTo(7);
    }

    @Test
    void variablesArePutInWhereverAFileNamesThem() {
        file(
                """
                data: "${BASE}/nightmail/${STAGE}"
                upstreams:
                  relay: { url: "https://${RELAY_HOST}/v1x", api-key: "${RELAY_KEY}" }
                """);
        environment.putAll(
                Map.of(
                        "BASE", "/srv",
                        "STAGE", "a$1${BASE}",
                        "RELAY_HOST", "relay.example",
                        "RELAY_KEY", "sk-relay"));

        var config = read();

        assertThat(config.data()).isEqualTo(Path.of("/srv/nightmail/a$1${BASE}"));
        assertThat(config.upstreams())
                .singleElement()
                .isInstanceOfSatisfying(
                        UpstreamConfig.Anthropic.class,
                        relay -> {
                            assertThat(relay.url())
                                    .isEqualTo(URI.create("https://relay.example/v1x"));
                            assertThat(relay.apiKey()).hasToString("***");
                        });
    }

    @Test
    void aVariableThatIsNotSetIsNamedWithTheKeyThatNeedsIt() {
        file("upstreams: { relay: { api-key: \"Bearer ${RELAY_KEY}\" } }");

        assertThat(problems())
                .containsExactly(
                        "upstreams.relay.api-key: the environment variable RELAY_KEY is not set: set"
                                + " it, or write $${RELAY_KEY} for the text itself");
    }

    @Test
    void anEmptyFileSaysNothing() {
        file("# later\n");

        assertThat(read().listen().port()).isEqualTo(8787);
    }

    @Test
    void aFileThatIsNoConfigurationIsRefusedByName() {
        file("just words");
        assertThat(whole())
                .singleElement()
                .asString()
                .startsWith(file + ": must be a mapping with keys such as");

        file("listen: { port: 1\nlimits: [");
        assertThat(whole())
                .singleElement()
                .asString()
                .startsWith(file + ": line 2: is not valid YAML: ");

        file("listen: { port: 1 }\nlisten: { port: 2 }\n");
        assertThat(whole())
                .containsExactly(
                        file
                                + ": line 2: listen: is given twice, first in line 1: keep one of them");

        file("listen:\n\tport: 1\n");
        assertThat(whole()).containsExactly(file + ": line 2: is indented with a tab: use spaces");

        file = folder.resolve("missing.yaml");
        assertThat(whole())
                .containsExactly("--config " + file + ": cannot be read; is the path right?");
    }

    @Test
    void aSetWithoutAValueIsRefused() {
        sets.add("limits.window");

        assertThat(problems())
                .containsExactly(
                        "--set limits.window: expected key=value, such as limits.window=3s");
    }

    // What may stand there

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "90s, PT1M30S",
        "10m, PT10M",
        "24h, PT24H",
        "20d, PT480H",
        "3 s, PT3S",
    })
    void durationsHaveUnits(String text, Duration expected) {
        sets.add("limits.window=" + text);

        assertThat(read().limits().window()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"512, 512", "2KB, 2048", "1mb, 1048576", "1 GB, 1073741824", "64GB, 68719476736"})
    void sizesHaveUnits(String text, long expected) {
        sets.add("limits.batch-bytes=" + text);

        assertThat(read().limits().batchBytes()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits.window=3 | a length of time from 1ms to 366d, such as 90s, 15m, 1h or 2d | \"3\"",
                "limits.window=-3s | a length of time from 1ms to 366d, such as 90s, 15m, 1h or 2d | -3s",
                "limits.window=0s | a length of time from 1ms to 366d, such as 90s, 15m, 1h or 2d | 0s",
                "limits.batch-bytes=1TB | a size from 1B to 64GB, such as 64KB, 256MB or 1GB | 1TB",
                "limits.batch-bytes=65GB | a size from 1B to 64GB, such as 64KB, 256MB or 1GB | 65GB",
                "limits.batch-requests=0 | a whole number from 1 to 10000000 | \"0\"",
                "listen.port=65536 | a whole number from 0 to 65535 | \"65536\"",
                "listen.port=http | a whole number from 0 to 65535 | http",
            })
    void whatMayNotStandThereIsNamedWithItsKeyAndWhatMay(
            String set, String expected, String shown) {
        sets.add(set);

        var parts = set.split("=", 2);
        assertThat(problems())
                .containsExactly("%s: must be %s, not %s".formatted(parts[0], expected, shown));
    }

    @Test
    void allProblemsAreToldAtOnce() {
        file("limits: { window: soon, batch-bytes: big }\nretries: { attempts-max: 0 }");
        sets.add("listen.port=x");

        assertThat(problems())
                .hasSize(4)
                .anyMatch(line -> line.startsWith("limits.window:"))
                .anyMatch(line -> line.startsWith("limits.batch-bytes:"))
                .anyMatch(line -> line.startsWith("retries.attempts-max:"))
                .anyMatch(line -> line.startsWith("listen.port:"));
    }

    @Test
    void aProblemOfTheFileNamesFileAndLineAndOneFromElsewhereDoesNot() {
        file("listen:\n  port: http\n  hsot: box\nlimits: { window: \"${WINDOW}\" }\n");
        environment.put("WINDOW", "sk-secret");
        environment.put("NIGHTMAIL_LIMITS_BATCH_REQUESTS", "none");
        sets.add("limits.batch-bytes=big");

        assertThat(whole())
                .containsExactlyInAnyOrder(
                        file
                                + ": line 2: listen.port: must be a whole number from 0 to 65535, not http",
                        file + ": line 3: listen.hsot: is not a key here; did you mean host?",
                        file
                                + ": line 4: limits.window: must be a length of time from 1ms to"
                                + " 366d, such as 90s, 15m, 1h or 2d, not what its environment"
                                + " variable says",
                        "limits.batch-requests: must be a whole number from 1 to 10000000, not none",
                        "limits.batch-bytes: must be a size from 1B to 64GB, such as 64KB, 256MB or"
                                + " 1GB, not big");
    }

    @Test
    void twoDollarsBeforeANameAreTheTextItself() {
        file("data: \"/srv/$${STAGE}\"");

        assertThat(read().data()).isEqualTo(Path.of("/srv/${STAGE}"));
    }

    @ParameterizedTest
    @CsvSource({
        "limits.windows, window",
        "listen.Port, port",
        "upstreams.local.calls-inflight-max, calls-in-flight-max",
    })
    void anUnknownKeyIsRefusedWithTheOneThatWasMeant(String key, String meant) {
        sets.add("upstreams.local.seed=1");
        sets.add("upstreams.local.protocol=simulator");
        sets.add(key + "=1");

        assertThat(problems())
                .containsExactly(key + ": is not a key here; did you mean " + meant + "?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "routs: [{ model: a, upstream: b }, { model: c }]|routs|routes",
                "routs:|routs|routes",
                "listn: { host: 127.0.0.1, port: 1 }|listn|listen",
                "limit: { window: 1h }|limit|limits",
                "upstream-s: { local: { protocol: simulator } }|upstream-s|upstreams",
            })
    void aSectionThatThereIsNotIsToldOnceWithTheOneThatWasMeant(
            String text, String key, String meant) {
        file(text);

        assertThat(problems())
                .containsExactly(key + ": is not a key here; did you mean " + meant + "?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "upstreams.claude.api-key:sk-ant-SECRET",
                "upstreams.claude.api-key: sk-ant-SECRET",
                "upstreams.claude.api-key:sk-ant-SECRET==",
                "upstreams.claude.api-key sk-ant-SECRET",
                "sk-ant-SECRET",
                "=sk-ant-SECRET",
            })
    void aSecretInASetThatIsNoneIsNotRepeated(String set) {
        sets.add(set);

        var problems = problems();

        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst())
                .startsWith("--set")
                .endsWith("expected key=value, such as limits.window=3s")
                .doesNotContain("SECRET");
    }

    @Test
    void aSecretInAKeyOfTheFileThatIsNoneIsNotRepeated() {
        file("upstreams: { claude: { api-key:sk-ant-SECRET } }");

        assertThat(problems()).hasSize(1);
        assertThat(problems().getFirst())
                .contains("upstreams.claude.api-key…: is not a key here")
                .doesNotContain("SECRET");
    }

    @ParameterizedTest
    @CsvSource({
        "https://user:PASSWORD@host.example/v1, must hold no user name and no password",
        "https://PASSWORD@host.example, must hold no user name",
        "https://host.example/v1?key=PASSWORD, must end with its path",
        "https://host.example/v1#PASSWORD, must end with its path",
        "https://host.example:99999, has a port that there is not",
        "ftp://PASSWORD@host.example, expected a URL such as",
    })
    void aUrlWithMoreThanAnAddressIsRefusedInWordsThatDoNotRepeatIt(String url, String words) {
        for (var key : List.of("upstreams.claude.url", "listen.public-url", "upstream")) {
            sets.clear();
            sets.add(key + "=" + url);

            var problems = problems();

            assertThat(problems).hasSize(1);
            assertThat(problems.getFirst())
                    .startsWith(key + ": " + words)
                    .doesNotContain("PASSWORD");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "http://127.0.0.1", "127.0.0.1 evil", "a/b"})
    void aHostThatIsNoneIsRefused(String host) {
        flags.put("listen.host", host);

        assertThat(problems()).hasSize(1);
        assertThat(problems().getFirst()).startsWith("listen.host: ");
    }

    @Test
    void listsComeFromTheFileOrFromOneLineWithCommas() {
        file(
                "listen: { allowed-hosts: [box.lan, other.lan], allowed-origins: [\"https://a.example\"] }");
        var listed = read().listen().access();
        assertThat(listed.allowedHosts()).containsExactly("box.lan", "other.lan");
        assertThat(listed.allowedOrigins()).containsExactly("https://a.example");

        sets.add("listen.allowed-hosts=one.lan, two.lan");
        sets.add("listen.allowed-origins=");
        var set = read().listen().access();
        assertThat(set.allowedHosts()).containsExactly("one.lan", "two.lan");
        assertThat(set.allowedOrigins()).isEmpty();
    }

    @Test
    void aRouteOnTheCommandLineReplacesTheListInTheFile() {
        file(
                """
                upstreams:
                  a: { protocol: simulator }
                  b: { protocol: simulator }
                routes:
                  - { model: "*", upstream: [a, b] }
                """);
        sets.add("routes.0.upstream=b");

        assertThat(read().routes().routes().getFirst().upstreams()).containsExactly("b");
    }

    @ParameterizedTest
    @CsvSource({"/claude, /claude", "/claude/, /claude", "/a/b-c, /a/b-c", "/, ''", "'', ''"})
    void aPathPrefixIsTakenWithoutASlashAtItsEnd(String text, String prefix) {
        sets.add("listen.path-prefix=" + text);

        assertThat(read().listen().access().pathPrefix()).isEqualTo(prefix);
    }

    @ParameterizedTest
    @CsvSource({
        "path-prefix, claude, expected a path such as /claude",
        "path-prefix, /a/../b, expected a path such as /claude",
        "path-prefix, /v1, 'begins with /v1, where the server''s own paths begin'",
        "path-prefix, /nightmail/x, 'begins with /nightmail, where the server''s own paths begin'",
        "allowed-hosts, http://box.lan, 'expected names such as box.lan, without http:// and without a port'",
        "allowed-hosts, box.lan:8787, 'expected names such as box.lan, without http:// and without a port'",
        "allowed-origins, *, 'is *, which would let every page in the world call: name the origins, such as https://app.example'",
        "allowed-origins, https://a.example/x, 'expected origins such as https://app.example, without a path'",
        "allowed-origins, a.example, 'expected origins such as https://app.example, without a path'",
    })
    void whatCannotBeListenedForIsRefusedInWords(String key, String value, String words) {
        sets.add("listen." + key + "=" + value);

        assertThat(problems()).containsExactly("listen." + key + ": " + words);
    }

    @Test
    void anUnknownKeyThatIsLikeNoOtherIsRefusedWithoutAGuess() {
        file("telemetry: { endpoint: https://example.com }");

        assertThat(problems())
                .containsExactly(
                        "telemetry: is not a key here; allowed: upstream, data, upstreams, routes,"
                                + " weights, listen, limits, retries");
    }

    @Test
    void resultsAreNotKeptForLessThanABatchMayTake() {
        sets.addAll(List.of("limits.window=2d", "limits.retention=36h"));

        assertThat(problems())
                .containsExactly(
                        "limits.retention: is 36h, shorter than limits.window (2d): results would"
                                + " be deleted before their batch has to end");
    }

    @Test
    void aWindowNobodyChoseFitsInTheRetention() {
        sets.add("limits.retention=3s");

        assertThat(read().limits().window()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void theLongestDelayIsNotShorterThanTheShortest() {
        sets.addAll(List.of("retries.delay-min=10s", "retries.delay-max=1s"));

        assertThat(problems())
                .containsExactly("retries.delay-max: is 1s, shorter than retries.delay-min (10s)");
    }

    // Who answers

    @Test
    void routesLeadModelsToUpstreams() {
        file(
                """
                upstreams:
                  claude: { url: "https://api.anthropic.com", api-key: sk-1, calls-in-flight-max: 8 }
                  fake: { protocol: simulator, seed: 7, first-token: 20ms, faults: "error=overloaded;every=50" }
                routes:
                  - { model: "claude-*", upstream: claude }
                  - { model: "*", upstream: fake }
                """);

        var config = read();

        assertThat(config.isSimulated()).isFalse();
        assertThat(config.upstreams())
                .extracting(UpstreamConfig::name)
                .containsExactly("claude", "fake");
        assertThat(config.upstreams())
                .extracting(UpstreamConfig::callsInFlightMax)
                .containsExactly(8, 256);
        assertThat(config.upstreams().getLast())
                .isInstanceOfSatisfying(
                        UpstreamConfig.Simulator.class,
                        fake -> {
                            var simulator = fake.config();
                            assertThat(simulator.seed()).isEqualTo(7);
                            assertThat(simulator.service().latency().firstToken())
                                    .isEqualTo(Duration.ofMillis(20));
                            assertThat(simulator.faults())
                                    .isEqualTo(FaultScript.parse("error=overloaded;every=50"));
                        });
        assertThat(upstreams(config, "claude-haiku-4-5")).containsExactly("claude");
        assertThat(upstreams(config, "qwen3-8b")).containsExactly("fake");
    }

    @Test
    void twoUpstreamsNeedRoutes() {
        file("upstreams: { a: { protocol: simulator }, b: { protocol: simulator } }");

        assertThat(problems())
                .containsExactly(
                        "routes: are needed with more than one upstream: which models go to"
                                + " which?");
    }

    @Test
    void aRouteToAnUnknownUpstreamIsRefusedWithThoseThereAre() {
        file(
                """
                upstreams: { b: { protocol: simulator }, a: { protocol: simulator } }
                routes: [ { model: "*", upstream: c } ]
                """);

        assertThat(problems()).containsExactly("routes.0.upstream: is \"c\"; there are a, b");
    }

    @Test
    void aServerOfTheOtherApiIsReadWithItsUrlAndItsKey() {
        environment.put("LOCAL_KEY", "sk-local");
        file(
                """
                upstreams:
                  local:
                    protocol: openai
                    url: "http://localhost:8000/v1"
                    api-key: "${LOCAL_KEY}"
                    calls-in-flight-max: 512
                    max-tokens-field: max_completion_tokens
                """);

        assertThat(read().upstreams())
                .containsExactly(
                        new UpstreamConfig.OpenAi(
                                "local",
                                512,
                                URI.create("http://localhost:8000/v1"),
                                new Secret("sk-local"),
                                MaxTokensField.MAX_COMPLETION_TOKENS,
                                false));
        assertThat(read().upstreams().getFirst().terms().cachesUnasked()).isTrue();
    }

    @Test
    void aServerOfTheOtherApiNeedsAUrlAndKnowsTwoNamesForTheBound() {
        file("upstreams: { local: { protocol: openai, max-tokens-field: n_predict } }");

        assertThat(problems())
                .containsExactlyInAnyOrder(
                        "upstreams.local.url: is needed: where the API starts, such as"
                                + " http://localhost:8000/v1",
                        "upstreams.local.max-tokens-field: must be max_tokens or"
                                + " max_completion_tokens");
    }

    @Test
    void theFlagsUrlIsOfTheOtherApiIfItsProtocolIsSet() {
        flags.put("upstream", "http://localhost:8000/v1");
        sets.add("upstreams.upstream.protocol=openai");

        assertThat(read().upstreams())
                .singleElement()
                .isInstanceOfSatisfying(
                        UpstreamConfig.OpenAi.class,
                        openAi ->
                                assertThat(openAi.url())
                                        .isEqualTo(URI.create("http://localhost:8000/v1")));
    }

    @Test
    void anUpstreamIsNamedSoThatLogsAndMetricsCanNameIt() {
        file("upstreams: { \"My GPU\": { protocol: simulator } }");

        assertThat(problems())
                .containsExactly(
                        "upstreams.My GPU: is not a name: lower-case letters, digits, '-' and '_',"
                                + " at most 40");
    }

    @Test
    void aProtocolThatIsNoneIsRefusedByItsKeyWithWhatIsPossible() {
        environment.put("ANTHROPIC_API_KEY", "sk-1");
        file(
                """
                upstreams:
                  claude: { protocol: anthropic, mode: batches, url: "https://api.anthropic.com", api-key: "${ANTHROPIC_API_KEY}" }
                  local: { protocol: openrouter, url: "http://localhost:8000/v1", calls-in-flight-max: 256 }
                routes:
                  - { model: "claude-*", upstream: claude }
                  - { model: "*", upstream: local, as: qwen3-8b }
                """);

        assertThat(problems())
                .containsExactly(
                        "upstreams.local.protocol: is \"openrouter\"; there are anthropic (any"
                                + " server of the Messages API), openai (any server of the Chat"
                                + " Completions API) and simulator");
    }

    @Test
    void aRouteMayLeadToCopiesOfOneServiceUnderTheNameOfItsModelThere() {
        file(
                """
                upstreams:
                  one: { url: "http://localhost:8001" }
                  two: { url: "http://localhost:8002" }
                  three: { url: "http://localhost:8003" }
                routes:
                  - { model: "claude-*", upstream: [ one, two ], as: qwen3-8b }
                  - { model: "*", upstream: "two, three" }
                """);

        assertThat(read().routes().routes())
                .containsExactly(
                        new Routes.Route("claude-*", List.of("one", "two"), "qwen3-8b"),
                        new Routes.Route("*", List.of("two", "three"), null));
    }

    @Test
    void anUpstreamStandsInARouteOnce() {
        file(
                """
                upstreams: { one: { url: "http://localhost:8001" } }
                routes: [ { upstream: [ one, one, nowhere ] }, { model: "a*" } ]
                """);

        assertThat(problems())
                .containsExactly(
                        "routes.0.upstream: names one twice",
                        "routes.0.upstream: is \"nowhere\"; there are one",
                        "routes.1.upstream: is \"\"; there are one");
    }

    @Test
    void whatABatchSharesIsMarkedOnlyWhereThatIsAskedFor() {
        file("upstreams: { claude: { cache: auto } }");
        assertThat(anthropic().terms().marksShared()).isTrue();

        file("upstreams: { claude: { cache: as-asked } }");
        assertThat(anthropic().terms().marksShared()).isFalse();

        file("upstreams: { claude: { cache: always } }");
        assertThat(problems())
                .containsExactly(
                        "upstreams.claude.cache: is \"always\"; expected as-asked (only what"
                                + " requests mark) or auto (also the tools and system prompt that all"
                                + " requests of a batch repeat)");
    }

    @Test
    void workspacesMayHaveWeights() {
        file("weights: { research: 1, product: 3 }");

        assertThat(read().weights().byWorkspace())
                .isEqualTo(
                        Map.of(
                                new WorkspaceId("research"), 1,
                                new WorkspaceId("product"), 3));
    }

    @Test
    void aWeightIsAtLeastOne() {
        file("weights: { research: 0 }");

        assertThat(problems()).hasSize(1).first().asString().startsWith("weights.research: ");
    }

    // Upstreams that take batches

    @Test
    void anUpstreamThatTakesBatchesHasTheProvidersLimitsUnlessToldOtherwise() {
        flags.put("upstream", "https://relay.example");
        sets.add("upstreams.upstream.mode=batches");

        assertThat(anthropic().relays())
                .isEqualTo(
                        new RelayConfig(
                                100_000,
                                240L << 20,
                                16,
                                200_000,
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(1),
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(2),
                                false));

        sets.addAll(
                List.of(
                        "upstreams.upstream.relay-requests=500",
                        "upstreams.upstream.relay-bytes=8MB",
                        "upstreams.upstream.relays-max=2",
                        "upstreams.upstream.queued-requests-max=1000",
                        "upstreams.upstream.linger=1m",
                        "upstreams.upstream.poll-min=2s",
                        "upstreams.upstream.poll-max=3s",
                        "upstreams.upstream.settling=10m",
                        "upstreams.upstream.delete-collected=true"));
        assertThat(anthropic().relays())
                .isEqualTo(
                        new RelayConfig(
                                500,
                                8L << 20,
                                2,
                                1_000,
                                Duration.ofMinutes(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofMinutes(10),
                                true));
    }

    @Test
    void whatCannotBeARelayIsToldWithItsKey() {
        flags.put("upstream", "https://relay.example");
        sets.addAll(
                List.of(
                        "upstreams.upstream.mode=batches",
                        "upstreams.upstream.relay-requests=100001",
                        "upstreams.upstream.poll-min=5s",
                        "upstreams.upstream.poll-max=1s",
                        "upstreams.upstream.delete-collected=maybe"));

        assertThat(problems())
                .containsExactly(
                        "upstreams.upstream.poll-max: is 1s, shorter than"
                                + " upstreams.upstream.poll-min (5s)",
                        "upstreams.upstream.relay-requests: must be a whole number from 1 to 100000,"
                                + " not \"100001\"",
                        "upstreams.upstream.delete-collected: must be true or false, not maybe");
    }

    @Test
    void anUpstreamThatTakesBatchesHasARouteToItselfAndTheModelsNames() {
        file(
                """
                upstreams:
                  claude: { mode: batches, cache: auto, url: "https://relay.example" }
                  local: { url: "http://localhost:8000" }
                routes:
                  - { model: "claude-*", upstream: "claude, local", as: other }
                  - { model: "*", upstream: local }
                """);

        assertThat(problems())
                .containsExactly(
                        "upstreams.claude.cache: is auto, which is for upstreams that are called:"
                                + " what is sent in batches is cached as requests mark it",
                        "routes.0.upstream: names claude, which takes batches (mode: batches),"
                                + " among others: it has a route to itself",
                        "routes.0.as: renames a model for claude, which takes batches (mode:"
                                + " batches) as their clients wrote them: leave it out");
    }

    @Test
    void aModeThatIsNoneIsRefused() {
        flags.put("upstream", "https://relay.example");
        sets.add("upstreams.upstream.mode=batch");

        assertThat(problems())
                .containsExactly(
                        "upstreams.upstream.mode: is \"batch\"; it is calls, one for each request,"
                                + " or batches, at the upstream's own Batches API");
    }

    // --upstream

    @Test
    void theFlagTakesThePlaceOfTheFilesUpstreamsAndRoutes() {
        file(
                """
                upstreams:
                  claude: { api-key: "${NOT_SET_HERE}" }
                  local: { url: "http://localhost:8000" }
                routes:
                  - { model: "claude-*", upstream: claude }
                  - { model: "*", upstream: local }
                limits: { batch-requests: 10 }
                """);
        flags.put("upstream", "simulator");

        var config = read();

        assertThat(config.isSimulated()).isTrue();
        assertThat(config.upstreams())
                .extracting(UpstreamConfig::name)
                .containsExactly("simulator");
        assertThat(upstreams(config, "claude-haiku-4-5")).containsExactly("simulator");
        assertThat(config.limits().batchRequests()).isEqualTo(10);
    }

    @Test
    void whatTheFlagMakesIdleIsCheckedAllTheSame() {
        file(
                """
                upstreams:
                  local: { url: "http://localhost:8000", calls-in-flight-max: many, color: red }
                routes:
                  - { model: "*", upstream: lokal }
                """);
        flags.put("upstream", "simulator");

        assertThat(problems())
                .containsExactly(
                        "upstreams.local.calls-in-flight-max: must be a whole number from 1 to"
                                + " 100000, not many",
                        "routes.0.upstream: is \"lokal\"; there are local, simulator",
                        "upstreams.local.color: is not a key here; allowed: protocol, url, api-key,"
                                + " mode, cache, calls-in-flight-max, billing");
    }

    @Test
    void anUpstreamBillsItsCallsOrNobody() {
        file("upstreams: { gpu: { protocol: openai, url: \"http://gpu/v1\", billing: free } }");
        assertThat(read().billing("any")).contains(AnswerBilling.FREE);

        file("upstreams: { gpu: { protocol: openai, url: \"http://gpu/v1\", billing: gratis } }");
        assertThat(problems())
                .containsExactly(
                        "upstreams.gpu.billing: is \"gratis\"; expected standard (each call at its"
                                + " price) or free (nobody is billed: machines of your own)");

        file("upstreams: { claude: { mode: batches, billing: free } }");
        assertThat(problems())
                .containsExactly(
                        "upstreams.claude.billing: is for upstreams that are called: one that takes"
                                + " batches (mode: batches) bills batches");
    }

    @Test
    void theFlagsUpstreamHasTheDetailsThatAreWrittenForItsName() {
        file("upstreams: { claude: { protocol: anthropic, url: \"https://eu.example\" } }");
        sets.add("upstreams.claude.calls-in-flight-max=3");
        flags.put("upstream", "claude");
        environment.put("ANTHROPIC_API_KEY", "sk-1");

        assertThat(read().upstreams())
                .singleElement()
                .isInstanceOfSatisfying(
                        UpstreamConfig.Anthropic.class,
                        claude -> {
                            assertThat(claude.url()).isEqualTo(URI.create("https://eu.example"));
                            assertThat(claude.callsInFlightMax()).isEqualTo(3);
                            assertThat(claude.apiKey()).isNotNull();
                        });
    }

    @Test
    void aUrlNeedsNoKeyAndMayHaveOne() {
        flags.put("upstream", "https://relay.example/some/prefix");

        assertThat(anthropic().url()).isEqualTo(URI.create("https://relay.example/some/prefix"));
        assertThat(anthropic().apiKey()).isNull();

        environment.put("ANTHROPIC_API_KEY", "sk-not-for-others");
        assertThat(anthropic().apiKey()).isNull();

        environment.put("NIGHTMAIL_UPSTREAM_API_KEY", "sk-relay");
        assertThat(anthropic().apiKey()).isNotNull();
    }

    @Test
    void claudeNeedsAKey() {
        flags.put("upstream", "claude");

        assertThat(problems())
                .containsExactly(
                        "upstream: claude needs a key: set the environment variable"
                                + " ANTHROPIC_API_KEY");
    }

    @Test
    void anUpstreamThatIsNeitherUrlNorWordIsRefusedWithoutRepeatingIt() {
        flags.put("upstream", "ftp://someone:secret@relay.example");

        assertThat(problems())
                .containsExactly(
                        "upstream: expected a URL such as https://relay.example/prefix, or the word"
                                + " claude or simulator");
    }

    // Only the data folder

    @Test
    void theDataFolderIsFoundWhateverElseIsWrong() {
        file("data: /srv/mail\nupstreams: { claude: { api-key: \"${NOT_SET_HERE}\" } }\nbogus: 1");

        var source = new ConfigSource(file, flags, sets);
        assertThat(ConfigReader.dataFolder(source, _ -> Optional.empty()))
                .isEqualTo(Path.of("/srv/mail"));
    }

    private UpstreamConfig.Anthropic anthropic() {
        return (UpstreamConfig.Anthropic) read().upstreams().getFirst();
    }

    private static List<String> upstreams(NightmailConfig config, String model) {
        return config.routes().routeFor(model).orElseThrow().upstreams();
    }

    /** Without the line of the file, where a problem has a key. */
    private List<String> problems() {
        return whole().stream()
                .map(problem -> problem.replaceFirst("^.*\\.yaml: line \\d+: ", ""))
                .toList();
    }

    private List<String> whole() {
        return catchThrowableOfType(ConfigException.class, this::read).problems();
    }

    private NightmailConfig read() {
        return ConfigReader.read(
                new ConfigSource(file, flags, sets),
                name -> Optional.ofNullable(environment.get(name)));
    }

    private void file(String yaml) {
        file = folder.resolve("nightmail.yaml");
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

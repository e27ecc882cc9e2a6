package dev.nightmail.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.upstream.simulator.FaultScript;
import dev.nightmail.upstream.simulator.SimulatorConfig;
import dev.nightmail.upstream.simulator.service.BrownOut;
import dev.nightmail.upstream.simulator.service.CacheRules;
import dev.nightmail.upstream.simulator.service.Capacity;
import dev.nightmail.upstream.simulator.service.Latency;
import dev.nightmail.upstream.simulator.service.Limits;
import dev.nightmail.upstream.simulator.service.Limits.OutputCount;
import dev.nightmail.upstream.simulator.service.Limits.Told;
import dev.nightmail.upstream.simulator.service.OutputLengths;
import dev.nightmail.upstream.simulator.service.PerMinute;
import dev.nightmail.upstream.simulator.service.ServiceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StandaloneSimulatorTest {

    private static final String EVERY_KEY =
            """
            seed: 7
            requests-per-minute: 600 300@10m
            input-tokens-per-minute: 400000
            output-tokens-per-minute: 80000
            output-tokens-counted: reserved
            limit-burst: 10s
            rate-limit-headers: retry-after
            first-token: 300ms
            prefill-tokens-per-second: 20000
            per-output-token: 20ms
            jitter: 0.3
            output-tokens: 250
            output-tokens-spread: 0.7
            capacity: 32
            when-full: queue
            queue-max: 100
            decode-tokens-per-second: 4000
            cache-prefixes-max: 500
            brown-outs: from=1m;until=2m;failing=0.3
            faults: error=cut;every=50
            strict: false
            """;

    private static final SimulatorConfig EVERYTHING =
            new SimulatorConfig(
                    "simulator",
                    new ServiceConfig(
                            7,
                            new Limits(
                                    PerMinute.of(600).then(Duration.ofMinutes(10), 300),
                                    PerMinute.of(400_000),
                                    PerMinute.of(80_000),
                                    OutputCount.RESERVED,
                                    Duration.ofSeconds(10),
                                    Told.RETRY_AFTER),
                            new CacheRules(Map.of(), 1024, 20, 500),
                            new Latency(Duration.ofMillis(300), 20_000, Duration.ofMillis(20), 0.3),
                            new Capacity(32, 100, 4000),
                            List.of(
                                    BrownOut.failing(
                                            Duration.ofMinutes(1),
                                            Duration.ofMinutes(2),
                                            0.3,
                                            ErrorType.API_ERROR))),
                    FaultScript.parse("error=cut;every=50"),
                    new OutputLengths(250, 0.7),
                    false);

    @TempDir private Path folder;

    private static StandaloneSimulator read(String... sets) {
        return read(new ConfigSource(null, Map.of(), List.of(sets)));
    }

    private static StandaloneSimulator read(ConfigSource source) {
        return StandaloneSimulator.read(source, _ -> Optional.empty());
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("config.yaml"), text);
    }

    @Test
    void withNothingSaidItAnswersEverythingAtOnceOnLoopback() {
        assertThat(read())
                .isEqualTo(new StandaloneSimulator("127.0.0.1", 8788, SimulatorConfig.DEFAULT));
    }

    @Test
    void everyKeyIsHeeded() throws Exception {
        var source = new ConfigSource(file(EVERY_KEY), Map.of("port", "1"), List.of());

        assertThat(read(source)).isEqualTo(new StandaloneSimulator("127.0.0.1", 1, EVERYTHING));
    }

    @Test
    void aVariableStandsForAKey() {
        var environment = Map.of("NIGHTMAIL_REQUESTS_PER_MINUTE", "50");

        var simulator =
                StandaloneSimulator.read(
                        new ConfigSource(null, Map.of(), List.of()),
                        name -> Optional.ofNullable(environment.get(name)));

        assertThat(simulator.simulator().service().limits().requests()).isEqualTo(PerMinute.of(50));
    }

    @Test
    void anUpstreamHasTheSameKeysBelowItsName() throws Exception {
        var file =
                file("upstreams:\n  simulator:\n    protocol: simulator\n" + EVERY_KEY.indent(4));

        var config =
                ConfigReader.read(
                        new ConfigSource(file, Map.of(), List.of()), _ -> Optional.empty());

        assertThat(config.upstreams())
                .singleElement()
                .isEqualTo(new NightmailConfig.UpstreamConfig.Simulator(256, EVERYTHING));
    }

    @Test
    void aServiceThatIsOverloadedWhenFullLetsNobodyWait() {
        var capacity = read("capacity=5", "when-full=overloaded").simulator().service().capacity();

        assertThat(capacity).isEqualTo(Capacity.refusing(5));
    }

    @Test
    void whatMakesNoSenseIsToldAllAtOnceWithWhatMayStandThere() {
        assertThatThrownBy(() ->
                        read(
                                "requests-per-minute=many",
                                "output-tokens-counted=later",
                                "rate-limit-headers=no",
                                "limit-burst=2m",
                                "jitter=3",
                                "jitters=1",
                                "brown-outs=from=1s"))
                .asInstanceOf(type(ConfigException.class))
                .extracting(ConfigException::problems)
                .isEqualTo(
                        List.of(
                                "requests-per-minute: 'many' must be a number a minute, such as 600, or several, such as 600 300@10m",
                                "output-tokens-counted: must be as-generated or reserved, not later",
                                "limit-burst: must be a length of time from 1ms to 1m, such as 90s, 15m, 1h or 2d, not 2m",
                                "rate-limit-headers: must be all or none or retry-after, not no",
                                "jitter: must be a number from 0 to 2, not \"3\"",
                                "brown-outs: 'from=1s' must say until when",
                                "jitters: is not a key here; did you mean jitter?"));
    }
}

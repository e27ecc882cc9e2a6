package dev.nightmail.upstream.simulator;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingInt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.upstream.Gathered;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.simulator.service.BrownOut;
import dev.nightmail.upstream.simulator.service.Capacity;
import dev.nightmail.upstream.simulator.service.Latency;
import dev.nightmail.upstream.simulator.service.Limits;
import dev.nightmail.upstream.simulator.service.PerMinute;
import dev.nightmail.upstream.simulator.service.ServiceConfig;
import dev.nightmail.upstream.wire.RateLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The simulator when its service has limits and takes time. */
final class MeteredSimulatorTest {

    private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

    private static final ServiceConfig ONE_A_MINUTE =
            ServiceConfig.INSTANT.withLimits(Limits.NONE.withRequests(PerMinute.of(1)));

    private Instant now = START;
    private final List<Duration> waits = new ArrayList<>();

    private SimulatorUpstream simulator(ServiceConfig service) {
        return new SimulatorUpstream(
                SimulatorConfig.DEFAULT.withService(service), () -> now, waits::add);
    }

    private static Call call(String prompt, String... fields) {
        return new Call(
                new Call.Endpoint.Messages(),
                JsonBytes.of(
                        """
                        {"model":"claude-haiku-4-5","max_tokens":500,%s"messages":[{"role":"user","content":"%s"}]}\
                        """
                                .formatted(String.join("", fields), prompt)),
                ApiVersion.V2026_10_21,
                List.of(),
                null,
                Duration.ofMinutes(1));
    }

    private static Gathered forwarded(SimulatorUpstream simulator, Call call) throws Exception {
        var answer = new Gathered();
        answer.take(simulator.forward(call, answer));
        return answer;
    }

    @Test
    void aServiceThatTakesNoTimeHasNobodyWait() throws Exception {
        now = START.plusNanos(123);
        var simulator = simulator(ServiceConfig.INSTANT);
        for (int nanos = 123; nanos < 2000; nanos += 199) {
            now = START.plusNanos(nanos);
            simulator.attempt(call("one"));
        }

        assertThat(waits).isEmpty();
    }

    @Test
    void whoIsOverTheLimitIsToldHowMuchIsLeftAndWhenToComeAgain() throws Exception {
        var simulator = simulator(ONE_A_MINUTE);

        var answered = (Answered) simulator.attempt(call("one"));
        now = now.plusSeconds(15);
        var throttled = (Throttled) simulator.attempt(call("two"));

        var nothing = new Allowance(1, 0, START.plusSeconds(60));
        assertThat(answered.headroom()).isEqualTo(new Headroom(Map.of(Limit.REQUESTS, nothing)));
        assertThat(throttled.headroom()).isEqualTo(answered.headroom());
        assertThat(throttled.retryAfter()).isEqualTo(Duration.ofSeconds(45));
        now = now.plusSeconds(45);
        assertThat(simulator.attempt(call("two"))).isInstanceOf(Answered.class);
    }

    @Test
    void overHttpTheSameIsInHeaders() throws Exception {
        var simulator = simulator(ONE_A_MINUTE);

        var answered = forwarded(simulator, call("one"));
        var throttled = forwarded(simulator, call("two"));

        assertThat(answered.status()).isEqualTo(200);
        assertThat(answered.headers())
                .containsEntry("anthropic-ratelimit-requests-limit", "1")
                .containsEntry("anthropic-ratelimit-requests-remaining", "0")
                .containsEntry("anthropic-ratelimit-requests-reset", "2026-11-21T00:01:00Z")
                .doesNotContainKey("retry-after");
        assertThat(throttled.status()).isEqualTo(429);
        assertThat(throttled.headers())
                .containsEntry("retry-after", "60")
                .containsEntry("x-should-retry", "true")
                .containsEntry("anthropic-ratelimit-requests-remaining", "0");
        assertThat(throttled.text()).contains("rate_limit_error", "requests per minute");
    }

    @Test
    void ourOwnReaderUnderstandsTheHeaders() throws Exception {
        var limits =
                Limits.NONE
                        .withRequests(PerMinute.of(50))
                        .withInputTokens(PerMinute.of(50_000))
                        .withOutputTokens(PerMinute.of(8_000), Limits.OutputCount.AS_GENERATED);
        var service = ServiceConfig.INSTANT.withLimits(limits);

        var headers = HttpHeaders.NONE;
        for (var header : forwarded(simulator(service), call("one")).headers().entrySet()) {
            headers = headers.with(header.getKey(), header.getValue());
        }
        var outcome = (Answered) simulator(service).attempt(call("one"));

        var read = RateLimits.headroom(headers);
        assertThat(read).isEqualTo(outcome.headroom());
        assertThat(read.allowances()).hasSize(4);
    }

    @Test
    void aServiceThatSaysNothingOfItsLimitsHasNoSuchHeaders() throws Exception {
        var limits = Limits.NONE.withRequests(PerMinute.of(1)).withTold(Limits.Told.NOTHING);
        var simulator = simulator(ServiceConfig.INSTANT.withLimits(limits));
        forwarded(simulator, call("one"));

        var throttled = forwarded(simulator, call("two"));

        assertThat(throttled.status()).isEqualTo(429);
        assertThat(throttled.headers().keySet())
                .noneMatch(name -> name.startsWith("anthropic-ratelimit"))
                .doesNotContain("retry-after");
        assertThat(((Throttled) simulator.attempt(call("two"))).retryAfter()).isNull();
    }

    @Test
    void aFullServiceIsOverloadedAndSaysNotForHowLong() throws Exception {
        var simulator =
                simulator(
                        ServiceConfig.INSTANT
                                .withLatency(Latency.of(Duration.ofSeconds(9), Duration.ZERO))
                                .withCapacity(Capacity.refusing(1)));

        simulator.attempt(call("one"));
        var throttled = (Throttled) simulator.attempt(call("two"));
        var forwarded = forwarded(simulator, call("three"));

        assertThat(throttled.retryAfter()).isNull();
        assertThat(forwarded.status()).isEqualTo(529);
        assertThat(forwarded.headers()).containsEntry("x-should-retry", "true");
    }

    @Test
    void whoWaitsForAPlaceWaitsForTheAnswerThatLonger() throws Exception {
        var simulator =
                simulator(
                        ServiceConfig.INSTANT
                                .withLatency(Latency.of(Duration.ofSeconds(9), Duration.ZERO))
                                .withCapacity(Capacity.queueing(1)));

        simulator.attempt(call("one"));
        simulator.attempt(call("two"));

        assertThat(waits).containsExactly(Duration.ofSeconds(9), Duration.ofSeconds(18));
    }

    @Test
    void aBrownOutIsAFailureThatTakesAsLongAsABeginning() throws Exception {
        var service =
                ServiceConfig.INSTANT
                        .withLatency(Latency.of(Duration.ofMillis(300), Duration.ZERO))
                        .withBrownOuts(
                                BrownOut.failing(
                                        Duration.ZERO,
                                        Duration.ofMinutes(1),
                                        1,
                                        ErrorType.API_ERROR));

        var failed = (Failed) simulator(service).attempt(call("one"));
        var forwarded = forwarded(simulator(service), call("one"));

        assertThat(failed.phase()).isEqualTo("status 500");
        assertThat(forwarded.status()).isEqualTo(500);
        assertThat(waits).containsExactly(Duration.ofMillis(300), Duration.ofMillis(300));
    }

    @Test
    void aStreamBeginsWithTheFirstTokenAndGoesOnAtAnEvenPace() throws Exception {
        var simulator =
                simulator(
                        ServiceConfig.INSTANT.withLatency(
                                Latency.of(Duration.ofMillis(300), Duration.ofMillis(10))));

        var forwarded = forwarded(simulator, call("The fox ran.", "\"stream\":true,"));

        assertThat(forwarded.headers())
                .containsEntry("content-type", "text/event-stream; charset=utf-8");
        assertThat(waits.getFirst()).isEqualTo(Duration.ofMillis(300));
        var writing = waits.subList(1, waits.size());
        var whole = writing.stream().reduce(Duration.ZERO, Duration::plus);
        assertThat(whole).isEqualTo(Duration.ofMillis(10 * outputTokens(forwarded.text())));
        assertThat(writing)
                .hasSizeGreaterThan(2)
                .allMatch(wait -> wait.compareTo(whole.dividedBy(2)) < 0);
        assertThat(forwarded.isEnded()).isTrue();
    }

    private static long outputTokens(String events) {
        var delta = events.substring(events.indexOf("message_delta"));
        return Long.parseLong(delta.replaceAll("(?s).*?\"output_tokens\":(\\d+).*", "$1"));
    }

    @Test
    void workspacesShareTheLimitsButNotTheCache() throws Exception {
        var simulator =
                simulator(
                        ServiceConfig.INSTANT.withLimits(
                                Limits.NONE.withRequests(PerMinute.of(3))));
        var cached =
                call(
                        "one",
                        "\"system\":[{\"type\":\"text\",\"text\":\"%s\",\"cache_control\":{\"type\":\"ephemeral\"}}],"
                                .formatted("Judge by these rules. ".repeat(1000)));

        var first = served(simulator, "a", cached);
        var other = served(simulator, "b", cached);
        var again = served(simulator, "a", cached);

        assertThat(first.text()).contains("\"cache_read_input_tokens\":0");
        assertThat(other.text()).contains("\"cache_read_input_tokens\":0");
        assertThat(again.text()).doesNotContain("\"cache_read_input_tokens\":0");
        assertThat(served(simulator, "c", cached).status()).isEqualTo(429);
    }

    private static Gathered served(SimulatorUpstream simulator, String workspace, Call call)
            throws Exception {
        var answer = new Gathered();
        simulator.serve(call, new WorkspaceId(workspace), answer);
        return answer;
    }

    @Test
    void aServiceNobodyReachesSaysNothingAndWhoForwardsSaysSo() throws Exception {
        var simulator = simulator(ServiceConfig.INSTANT);
        var unreachable = call("nightmail-simulate:error=unreachable");

        var itself = served(simulator, "a", unreachable);
        assertThat(itself.isAborted()).isTrue();
        assertThat(itself.status()).isZero();
        var answer = new Gathered();
        assertThat(simulator.forward(unreachable, answer).news())
                .isInstanceOf(ForwardOutcome.Unreachable.class);
        assertThat(answer.status()).isZero();
        assertThat(answer.isAborted()).isFalse();
    }

    @Test
    void theSameCallsHaveTheSameFate() throws Exception {
        var service =
                ServiceConfig.INSTANT
                        .withSeed(5)
                        .withLimits(Limits.NONE.withRequests(PerMinute.of(120)))
                        .withLatency(
                                new Latency(
                                        Duration.ofMillis(500), 1000, Duration.ofMillis(5), 0.4))
                        .withCapacity(Capacity.queueing(3));

        var once = fates(service);
        now = START;
        assertThat(fates(service)).isEqualTo(once);
        assertThat(once.stream().collect(groupingBy(Object::getClass, summingInt(_ -> 1))))
                .hasSize(2);
    }

    private List<AttemptOutcome> fates(ServiceConfig service) throws Exception {
        var simulator = simulator(service);
        var fates = new ArrayList<AttemptOutcome>();
        for (int i = 0; i < 300; i++) {
            fates.add(simulator.attempt(call("Question " + i)));
            now = now.plusMillis(200);
        }
        return fates;
    }
}

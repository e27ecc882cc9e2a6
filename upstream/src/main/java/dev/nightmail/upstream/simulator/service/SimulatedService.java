package dev.nightmail.upstream.simulator.service;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.simulator.service.Admission.Accepted;
import dev.nightmail.upstream.simulator.service.Admission.Failed;
import dev.nightmail.upstream.simulator.service.Admission.Overloaded;
import dev.nightmail.upstream.simulator.service.Admission.RateLimited;
import java.time.Instant;
import java.util.Optional;

/**
 * A service of Claude's kind: what it takes, how long it takes, and what it bills. It answers
 * nothing; it says when an answer would come, for one account with one set of rate limits.
 *
 * <p>All that happens to a request is settled when it arrives. That needs nothing of what comes
 * later, since places are given in the order of arrival and what is begun is finished: a caller
 * that hangs up is worked for, and billed, all the same.
 *
 * <ol>
 *   <li><b>Limits.</b> Requests, input and output tokens per minute, each a bucket. If one lacks
 *       what the request needs, nothing is taken from any. A request larger than a whole bucket is
 *       admitted when that is full, and paid back.
 *   <li><b>Brown-outs</b> take a share of what the limits let through.
 *   <li><b>Places.</b> A request without one waits, or is turned away.
 *   <li><b>Cache.</b> Looked up when work begins, written when the answer does.
 *   <li><b>Time.</b> Until the first token: what every answer takes, and the reading of all that
 *       was not in the cache. Then each token.
 * </ol>
 *
 * <p>Deterministic: the same arrivals at the same times have the same fate. Time is counted in
 * whole microseconds. One thread at a time.
 */
public final class SimulatedService {

    private final ServiceConfig config;
    private final Micros time;
    private final Meters meters;
    private final Places places;
    private final PromptCache cache;
    private long nowMicros;

    /**
     * @param start from when on limits change and brown-outs come as they are planned
     */
    public SimulatedService(ServiceConfig config, Instant start) {
        this.config = config;
        this.time = new Micros(start);
        this.meters = new Meters(config.limits(), time);
        this.places = new Places(config.capacity());
        this.cache = new PromptCache(config.cache());
    }

    /**
     * @param now a time before that of an earlier call counts as that
     */
    public Admission arrive(Arrival arrival, Instant now) {
        nowMicros = Math.max(nowMicros, time.at(now));
        meters.advance(nowMicros);
        places.advance(nowMicros);
        var beginning = places.nextBeginning(nowMicros);
        long begins = beginning.orElse(nowMicros);
        var lookup = cache.lookUp(arrival, begins);
        long inputTokens = uncached(lookup.usage());
        var shortage =
                meters.shortage(inputTokens, arrival.outputTokensMax(), nowMicros).orElse(null);
        if (shortage != null) {
            return new RateLimited(
                    shortage.limit(), meters.retryAfter(shortage, nowMicros), meters.headroom());
        }
        var brownOut = brownOut().orElse(null);
        if (brownOut != null && isStruck(arrival, brownOut)) {
            return failed(brownOut);
        }
        if (beginning.isEmpty()) {
            return new Overloaded(meters.headroom());
        }
        double slowdown = brownOut == null ? 1 : brownOut.slowdown();
        return accept(arrival, lookup, begins, slowdown);
    }

    /** What counts as input towards the limit: reads do not. */
    private static long uncached(Usage usage) {
        return usage.promptTokens() - usage.cacheRead();
    }

    private Optional<BrownOut> brownOut() {
        return config.brownOuts().stream()
                .filter(brownOut ->
                        Micros.of(brownOut.from()) <= nowMicros
                                && nowMicros < Micros.of(brownOut.until()))
                .findFirst();
    }

    private boolean isStruck(Arrival arrival, BrownOut brownOut) {
        return Chance.of(config.seed(), arrival.identity(), Chance.BROWN_OUT, nowMicros)
                .strikes(brownOut.failing());
    }

    private Admission failed(BrownOut brownOut) {
        if (brownOut.error() == ErrorType.OVERLOADED_ERROR) {
            return new Overloaded(meters.headroom());
        }
        long at = nowMicros + Micros.of(config.latency().firstToken());
        return new Failed(brownOut.error(), time.instant(at), meters.headroom());
    }

    private Accepted accept(
            Arrival arrival, PromptCache.Lookup lookup, long begins, double slowdown) {
        var latency = config.latency();
        var chance = Chance.of(config.seed(), arrival.identity(), Chance.LATENCY);
        long inputTokens = uncached(lookup.usage());
        long firstToken =
                begins
                        + scaled(
                                Micros.of(latency.firstToken()) + readingMicros(inputTokens),
                                slowdown * chance.factor(latency.jitter()));
        long alone =
                firstToken
                        + scaled(
                                Micros.of(
                                        latency.perOutputToken()
                                                .multipliedBy(arrival.outputTokens())),
                                slowdown * chance.factor(latency.jitter()));
        long done = places.take(nowMicros, begins, firstToken, alone, arrival.outputTokens());
        cache.begin(arrival, lookup, begins, firstToken);
        meters.admit(inputTokens, arrival, firstToken, done);
        var usage = lookup.usage().plus(new Usage(0, arrival.outputTokens(), 0, 0, 0));
        return new Accepted(
                time.instant(begins),
                time.instant(firstToken),
                time.instant(done),
                usage,
                meters.headroom());
    }

    private long readingMicros(long tokens) {
        long perSecond = config.latency().prefillTokensPerSecond();
        return perSecond == 0 ? 0 : Math.ceilDiv(tokens * 1_000_000, perSecond);
    }

    private static long scaled(long micros, double factor) {
        return factor == 1 ? micros : Math.round(micros * factor);
    }
}

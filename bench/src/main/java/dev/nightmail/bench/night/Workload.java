package dev.nightmail.bench.night;

import dev.nightmail.bench.night.Job.Ask;
import dev.nightmail.bench.night.Job.Piece;
import dev.nightmail.core.usage.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes up requests of the kinds that people send, by a seed. */
final class Workload {

    static final int OUTPUT_TOKENS_MAX = 1_000;

    private static final int OUTPUT_TOKENS_MEDIAN = 200;
    private static final double OUTPUT_SPREAD = 0.6;

    /** What an answer costs of the input price: written for 5 minutes, for an hour, read. */
    private static final double WRITE_5M = 1.25;

    private static final double WRITE_1H = 2;
    private static final double READ = 0.1;

    private final Random random;

    Workload(long seed) {
        this.random = new Random(seed);
    }

    int outputTokens() {
        double tokens =
                OUTPUT_TOKENS_MEDIAN * StrictMath.exp(OUTPUT_SPREAD * random.nextGaussian());
        return (int) Math.min(OUTPUT_TOKENS_MAX, Math.max(1, Math.round(tokens)));
    }

    /** Requests that share nothing. */
    Job plain(int requests) {
        var asks = new ArrayList<Ask>();
        for (int i = 0; i < requests; i++) {
            asks.add(
                    new Ask(
                            List.of(),
                            500 + random.nextInt(1_500),
                            OUTPUT_TOKENS_MAX,
                            outputTokens()));
        }
        return new Job(asks);
    }

    /**
     * Requests about documents, in random order.
     *
     * @param documents how many
     * @param zipf whether some documents are asked about far more often than others
     * @param systemTokens before every document, cached for itself; 0 for none
     * @param documentTokens of each, cached too
     * @param questionTokens behind it
     */
    Job documents(
            int requests,
            int documents,
            boolean zipf,
            int systemTokens,
            int documentTokens,
            int questionTokens,
            boolean forAnHour) {
        var asks = new ArrayList<Ask>();
        for (int i = 0; i < requests; i++) {
            int document = zipf ? zipf(documents) : i % documents;
            var path = new ArrayList<Piece>();
            if (systemTokens > 0) {
                path.add(new Piece(-1, systemTokens, forAnHour));
            }
            path.add(new Piece(1 + document, systemTokens + documentTokens, forAnHour));
            asks.add(
                    new Ask(
                            path,
                            systemTokens + documentTokens + questionTokens,
                            OUTPUT_TOKENS_MAX,
                            outputTokens()));
        }
        Collections.shuffle(asks, random);
        return new Job(asks);
    }

    /** The n-th is drawn with a chance of one n-th of that of the first. */
    private int zipf(int count) {
        double sum = 0;
        for (int i = 1; i <= count; i++) {
            sum += 1.0 / i;
        }
        double left = random.nextDouble() * sum;
        int drawn = 0;
        while (drawn < count - 1 && left > 1.0 / (drawn + 1)) {
            left -= 1.0 / (drawn + 1);
            drawn++;
        }
        return drawn;
    }

    /** The same, as if every prefix had always been in the cache. */
    static Job withoutPrefixes(Job job) {
        return new Job(
                job.requests().stream()
                        .map(ask ->
                                new Ask(
                                        List.of(),
                                        ask.tokens() - ask.path().getLast().tokens(),
                                        ask.outputTokensMax(),
                                        ask.outputTokens()))
                        .toList());
    }

    /**
     * The least that the input of a job can cost, in tokens at the base price: every prefix is
     * written once, and read by every other request that begins with it.
     */
    static double leastCost(Job job) {
        var tokens = new HashMap<Integer, Integer>();
        var users = new HashMap<Integer, Integer>();
        var hours = new HashMap<Integer, Boolean>();
        double cost = 0;
        for (var ask : job.requests()) {
            int before = 0;
            for (var piece : ask.path()) {
                tokens.put(piece.hash(), piece.tokens() - before);
                users.merge(piece.hash(), 1, Integer::sum);
                hours.put(piece.hash(), piece.forAnHour());
                before = piece.tokens();
            }
            cost += ask.tokens() - before;
        }
        for (Map.Entry<Integer, Integer> prefix : users.entrySet()) {
            int hash = prefix.getKey();
            double write = hours.getOrDefault(hash, false) ? WRITE_1H : WRITE_5M;
            cost += tokens.getOrDefault(hash, 0) * (write + READ * (prefix.getValue() - 1));
        }
        return cost;
    }

    /** What was billed for input, in tokens at the base price. */
    static double cost(Usage billed) {
        return billed.input()
                + WRITE_5M * billed.cacheCreation5m()
                + WRITE_1H * billed.cacheCreation1h()
                + READ * billed.cacheRead();
    }
}

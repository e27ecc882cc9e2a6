package dev.nightmail.bench.night;

import dev.nightmail.core.request.Breakpoint;
import dev.nightmail.core.request.Prefixes;
import dev.nightmail.core.request.RequestFacts;
import dev.nightmail.upstream.simulator.service.CacheTtl;
import dev.nightmail.upstream.simulator.service.Prompt;
import java.util.ArrayList;
import java.util.List;

/**
 * The requests of a batch, as the scheduler estimates them and as the service finds them.
 *
 * @param requests in the order in which they were submitted
 */
record Job(List<Ask> requests) {

    Job {
        requests = List.copyOf(requests);
    }

    /**
     * A request.
     *
     * @param path its prefixes, from the shortest on
     * @param tokens of its whole prompt
     * @param outputTokens of its answer
     */
    record Ask(List<Piece> path, int tokens, int outputTokensMax, int outputTokens) {
        Ask {
            path = List.copyOf(path);
        }

        Prompt prompt() {
            var blocks = new ArrayList<Prompt.Block>();
            for (var piece : path) {
                blocks.add(
                        new Prompt.Block(
                                piece.hash(),
                                piece.tokens(),
                                piece.forAnHour() ? CacheTtl.ONE_HOUR : CacheTtl.FIVE_MINUTES));
            }
            return new Prompt(blocks, tokens);
        }
    }

    /** A prefix, all shorter ones included. */
    record Piece(int hash, int tokens, boolean forAnHour) {}

    RequestFacts facts() {
        var builder = new Prefixes.Builder(requests.size());
        for (int number = 0; number < requests.size(); number++) {
            builder.add(
                    number,
                    requests.get(number).path().stream()
                            .map(piece ->
                                    new Breakpoint(
                                            piece.hash(), piece.tokens(), true, piece.forAnHour()))
                            .toList());
        }
        var prefixes = builder.build();
        return new RequestFacts() {
            @Override
            public int size() {
                return requests.size();
            }

            @Override
            public int model(int number) {
                return 0;
            }

            @Override
            public int inputTokensEstimate(int number) {
                return requests.get(number).tokens();
            }

            @Override
            public int outputTokensMax(int number) {
                return requests.get(number).outputTokensMax();
            }

            @Override
            public int lineBytes(int number) {
                // About four bytes a token; nobody relays here.
                return 4 * requests.get(number).tokens();
            }

            @Override
            public Prefixes prefixes() {
                return prefixes;
            }
        };
    }
}

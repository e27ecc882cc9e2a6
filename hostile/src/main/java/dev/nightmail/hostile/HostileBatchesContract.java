package dev.nightmail.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every client makes of an endpoint that keeps no idempotency keys and lies: each request is
 * taken exactly once, so that nothing is paid twice, and each has an answer, unless its answer is
 * nowhere to be had; then it is set aside, and not sent again.
 */
@Timeout(120)
public abstract class HostileBatchesContract {

    /** Requests of every run. */
    protected static final int REQUESTS = 3;

    /**
     * How a run ended.
     *
     * @param answered requests with an answer
     * @param unanswered requests that are known to have none
     */
    public record Ending(int answered, int unanswered) {}

    /** How an endpoint misbehaves, and how many requests have an answer in the end. */
    public record Scenario(String name, int answered, Consumer<HostileBatches> orders) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** The endpoint of this test; its clock is the client's. */
    protected abstract HostileBatches endpoint();

    /**
     * Has {@value #REQUESTS} requests asked there, however long that takes on the client's clock.
     */
    protected abstract Ending run() throws Exception;

    @ParameterizedTest
    @MethodSource({"creates", "lists", "results", "forGood"})
    void nothingIsPaidTwiceAndNothingIsLost(Scenario scenario) throws Exception {
        scenario.orders().accept(endpoint());

        var ending = run();

        assertThat(endpoint().taken().values()).as("times taken").containsOnly(1).hasSize(REQUESTS);
        assertThat(ending)
                .isEqualTo(new Ending(scenario.answered(), REQUESTS - scenario.answered()));
    }

    private static Scenario answering(String name, Consumer<HostileBatches> orders) {
        return new Scenario(name, REQUESTS, orders);
    }

    // Creates

    /** All but 413: whoever says that has not passed the body on. */
    static Stream<Scenario> creates() {
        var pages =
                IntStream.of(
                                200, 201, 202, 204, 301, 302, 303, 307, 308, 400, 401, 402, 403,
                                404, 405, 407, 408, 409, 410, 418, 422, 424, 425, 429, 451, 498,
                                499, 500, 501, 502, 503, 504, 507, 520, 524, 529, 599)
                        .mapToObj(status ->
                                answering(
                                        "taken, a page under " + status,
                                        server -> server.takeAndAnswer(Reply.page(status))));
        var others =
                Stream.of(
                        answering("taken, no answer", HostileBatches::takeAndHangUp),
                        answering("not taken, no answer", HostileBatches::hangUp),
                        answering(
                                "taken, half an answer",
                                server ->
                                        server.takeAndAnswer(
                                                new Reply(
                                                        200,
                                                        "application/json",
                                                        "{\"id\":\"msgb"))),
                        answering(
                                "taken, an answer that breaks off",
                                server ->
                                        server.takeAndAnswer(
                                                new Reply(
                                                        200,
                                                        "application/json",
                                                        "{\"id\":\"msgb",
                                                        20))),
                        answering(
                                "taken, another API's error",
                                server ->
                                        server.takeAndAnswer(
                                                new Reply(
                                                        400,
                                                        "application/json",
                                                        "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"no\"}}"))),
                        answering(
                                "taken, a gateway's JSON",
                                server ->
                                        server.takeAndAnswer(
                                                new Reply(
                                                        503,
                                                        "application/json",
                                                        "{\"message\":\"no healthy upstream\"}"))),
                        answering(
                                "taken, a fault",
                                server -> server.takeAndAnswer(Reply.error(500, "api_error"))),
                        answering(
                                "taken, a conflict",
                                server -> server.takeAndAnswer(Reply.error(409, "conflict_error"))),
                        answering(
                                "not taken, overloaded",
                                server -> {
                                    server.refuse(Reply.error(529, "overloaded_error"));
                                    server.refuse(Reply.error(429, "rate_limit_error"));
                                }),
                        answering(
                                "not taken, a proxy's page",
                                server -> server.refuse(Reply.page(502))),
                        answering(
                                "lost in both ways, one after the other",
                                server -> {
                                    server.hangUp();
                                    server.takeAndAnswer(Reply.page(503));
                                }));
        return Stream.concat(pages, others);
    }

    // Lists

    static Stream<Scenario> lists() {
        return Stream.of(
                answering(
                        "a list that lags",
                        server -> {
                            server.takeAndAnswer(Reply.page(504));
                            server.listLags(Duration.ofSeconds(90));
                        }),
                answering(
                        "another's batch on the list, beside ours",
                        server -> {
                            server.takeAndAnswer(Reply.page(504));
                            server.hasNeighbor();
                        }),
                answering(
                        "another's batch on the list, and none of ours",
                        server -> {
                            server.hangUp();
                            server.hasNeighbor();
                        }),
                answering(
                        "a list without has_more, ours on its second page",
                        server -> {
                            server.takeAndAnswer(Reply.page(504));
                            server.hasNeighbor();
                            server.listsOneByOne();
                        }),
                answering(
                        "a list without has_more, and none of ours",
                        server -> {
                            server.hangUp();
                            server.hasNeighbor();
                            server.listsOneByOne();
                        }),
                answering(
                        "a list without has_more and without pages, ours on it",
                        server -> {
                            server.takeAndAnswer(Reply.page(504));
                            server.listsAllOverAgain();
                        }),
                answering(
                        "an entry without created_at, beside ours",
                        server -> {
                            server.takeAndAnswer(Reply.page(504));
                            server.hasNeighborWithoutDate();
                        }),
                answering(
                        "an entry without created_at, and none of ours",
                        server -> {
                            server.hangUp();
                            server.hasNeighborWithoutDate();
                        }),
                answering(
                        "an entry without an id, beside ours",
                        server -> {
                            server.takeAndAnswer(Reply.page(504));
                            server.hasNamelessEntry();
                        }),
                answering(
                        "a batch that counts fewer requests than it has",
                        server -> {
                            server.takeAndAnswer(Reply.page(504));
                            server.counts(1);
                        }),
                answering(
                        "a batch that counts none",
                        server -> {
                            server.takeAndAnswer(Reply.page(504));
                            server.counts(0);
                        }),
                answering(
                        "ours on the list, with lines for nobody in it",
                        server -> {
                            server.takeAndAnswer(Reply.page(504));
                            server.lines(
                                    lines -> with(lines, HostileBatches.line("other-1"), false));
                        }),
                answering(
                        "ours on the list, whose results are a page at first",
                        server -> {
                            server.takeAndAnswer(Reply.page(504));
                            server.nextDownload(_ -> Reply.page(200));
                        }));
    }

    // Results

    static Stream<Scenario> results() {
        var scenarios = new ArrayList<Scenario>();
        for (int kept = 0; kept < REQUESTS; kept++) {
            int lines = kept;
            scenarios.add(
                    answering(
                            "ends cleanly after " + kept + " lines",
                            server -> server.nextDownload(all -> results(all.subList(0, lines)))));
            scenarios.add(
                    answering(
                            "ends cleanly within line " + (kept + 1),
                            server -> {
                                server.nextDownload(all -> cut(all, lines, 0));
                            }));
            scenarios.add(
                    answering(
                            "breaks off within line " + (kept + 1),
                            server -> {
                                server.nextDownload(all -> cut(all, lines, 100));
                            }));
        }
        for (var type : List.of("application/json", "text/plain", "text/html", "image/png")) {
            scenarios.add(
                    answering(
                            "results as " + type,
                            server ->
                                    server.everyDownload(lines ->
                                            new Reply(200, type, String.join("", lines)))));
        }
        scenarios.add(
                answering(
                        "results of no type",
                        server ->
                                server.everyDownload(
                                        lines -> new Reply(200, null, String.join("", lines)))));
        scenarios.add(
                answering(
                        "a page, then nothing, then an error, then results",
                        server -> {
                            server.nextDownload(_ -> Reply.page(200));
                            server.nextDownload(_ -> new Reply(200, "text/plain", ""));
                            server.nextDownload(_ ->
                                    new Reply(
                                            200,
                                            "application/json",
                                            Reply.error(200, "api_error").body()));
                        }));
        scenarios.add(
                answering(
                        "pages under errors",
                        server -> {
                            server.nextDownload(_ -> Reply.page(503));
                            server.nextDownload(_ -> Reply.page(404));
                            server.nextDownload(_ -> Reply.page(403));
                        }));
        scenarios.add(
                everyTime(
                        "each line twice",
                        lines -> {
                            var twice = new ArrayList<String>();
                            lines.forEach(line -> twice.addAll(List.of(line, line)));
                            return twice;
                        }));
        scenarios.add(
                everyTime(
                        "each request expired as well, before and after",
                        lines -> {
                            var all = new ArrayList<String>();
                            lines.forEach(line -> all.add(other(line, "{\"type\":\"expired\"}")));
                            all.addAll(lines);
                            lines.forEach(line -> all.add(other(line, "{\"type\":\"canceled\"}")));
                            return all;
                        }));
        scenarios.add(
                everyTime(
                        "each request failed as well",
                        lines -> {
                            var all = new ArrayList<String>();
                            lines.forEach(line ->
                                    all.add(
                                            other(
                                                    line,
                                                    "{\"type\":\"errored\",\"error\":{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"full\"}}}")));
                            all.addAll(lines);
                            return all;
                        }));
        scenarios.add(
                everyTime(
                        "lines for nobody",
                        lines -> {
                            var line = HostileBatches.line("other-1");
                            return with(with(lines, line, true), line, false);
                        }));
        scenarios.add(
                everyTime(
                        "lines that are none",
                        lines ->
                                with(
                                        with(lines, "<html>\n{\"custom_id\":\"\n\n", true),
                                        "{}\n[]\n7\n",
                                        false)));
        scenarios.add(answering("counts fewer than there are lines", server -> server.counts(1)));
        scenarios.add(answering("counts more than there are lines", server -> server.counts(9)));
        return scenarios.stream();
    }

    private static Scenario everyTime(String name, UnaryOperator<List<String>> lines) {
        return answering(name, server -> server.lines(lines));
    }

    private static Reply results(List<String> lines) {
        return new Reply(200, "application/x-jsonl", String.join("", lines));
    }

    private static Reply cut(List<String> lines, int whole, int missingBytes) {
        var half = lines.get(whole).substring(0, lines.get(whole).length() / 2);
        return new Reply(
                200,
                "application/x-jsonl",
                String.join("", lines.subList(0, whole)) + half,
                missingBytes);
    }

    private static List<String> with(List<String> lines, String another, boolean first) {
        var all = new ArrayList<>(lines);
        all.add(first ? 0 : all.size(), another);
        return all;
    }

    private static String other(String line, String result) {
        return "{\"custom_id\":\"%s\",\"result\":%s}\n"
                .formatted(HostileBatches.idOf(line), result);
    }

    // What cannot be had is set aside and not asked again

    static Stream<Scenario> forGood() {
        return Stream.of(
                new Scenario(
                        "one line is missing for good",
                        REQUESTS - 1,
                        server -> server.lines(lines -> lines.subList(1, lines.size()))),
                new Scenario(
                        "one line is cut for good, one comes twice",
                        REQUESTS - 1,
                        server ->
                                server.lines(lines ->
                                        List.of(
                                                lines.get(1),
                                                lines.get(1),
                                                lines.get(2),
                                                lines.get(0).substring(0, 40)))),
                new Scenario(
                        "lost, and on the list an entry that may be it",
                        0,
                        server -> {
                            server.takeAndAnswer(Reply.page(504));
                            server.listLags(Duration.ofDays(9));
                            server.hasNamelessEntry();
                        }),
                new Scenario("deleted", 0, HostileBatches::deletesEverything),
                new Scenario("archived", 0, HostileBatches::archivesEverything));
    }
}

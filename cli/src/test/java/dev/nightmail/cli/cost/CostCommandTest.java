package dev.nightmail.cli.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.cli.CommandLineSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

@SuppressWarnings("NullAway.Init")
class CostCommandTest {

    @TempDir Path folder;

    private CommandLineSession session() {
        return new CommandLineSession(folder);
    }

    private static int cost(
            CommandLineSession session, int requests, int input, int output, String... more) {
        var arguments =
                new ArrayList<>(
                        List.of(
                                "cost",
                                "--requests",
                                String.valueOf(requests),
                                "--input",
                                String.valueOf(input),
                                "--output",
                                String.valueOf(output)));
        arguments.addAll(List.of(more));
        return session.run(arguments.toArray(String[]::new));
    }

    @Test
    void aModelCostsHalfInABatchAndLessWithACache() {
        var session = session();

        var code =
                cost(
                        session,
                        1000,
                        1000,
                        200,
                        "--cached",
                        "9000",
                        "--model",
                        "claude-sonnet-4-5,claude-haiku-4-5");

        // Called: 10 million tokens in at $1, 0.2 million out at $5. In a batch half of it. Cached:
        // 1 million at $0.50, of 9 million one third at $1 (written for an hour), two at $0.05.
        assertThat(session.out())
                .startsWith(
                        """
                        model              called  batched  batched, cached   saved
                        claude-haiku-4-5   $11.00    $5.50            $4.30   $6.70
                        claude-sonnet-4-5  $33.00   $16.50           $12.90  $20.10
                        """)
                .contains("two of three requests find the common part in the cache");
        assertThat(code).isZero();
    }

    @Test
    void whatIsTooShortToBeCachedIsSaid() {
        var session = session();

        cost(
                session,
                1000,
                1000,
                200,
                "--cached",
                "2000",
                "--model",
                "claude-sonnet-4-5,claude-haiku-4-5");

        assertThat(session.outLines().get(1)).contains("claude-haiku-4-5", " -  ");
        assertThat(session.out())
                .contains(
                        "Not cached, since a model caches no fewer tokens than these: claude-haiku-4-5 (4,096).");
    }

    @Test
    void allModelsAreListedTheCheapestFirstAndNoneTwice() {
        var session = session();

        cost(session, 50000, 400, 50);

        assertThat(session.outLines().get(1)).startsWith("claude-haiku-5-5 ");
        assertThat(session.out())
                .contains("claude-opus-5 ", "claude-sonnet-5 ")
                .doesNotContain("20250929", "latest", "cached");
    }

    @Test
    void programsGetMicroDollars() {
        var session = session();

        cost(session, 1000, 10000, 200, "--model", "claude-haiku-4-5", "--json");

        var model = JsonMapper.shared().readTree(session.out()).path("models").path(0);
        assertThat(model.path("called_micros").asLong()).isEqualTo(11_000_000);
        assertThat(model.path("batched_micros").asLong()).isEqualTo(5_500_000);
        assertThat(model.path("batched_cached_micros").isNull()).isTrue();
    }

    @Test
    void pricesOfOnesOwnComeFirst() {
        var session =
                session().file("prices.yaml", "- { model: mine, input: 1, output: 0, batch: 1 }");

        cost(session, 1000, 1000, 0, "--model", "mine", "--prices", "prices.yaml");

        assertThat(session.outLines().get(1)).isEqualTo("mine    $1.00    $1.00  $0.00");
    }

    @Test
    void whatMakesNoSenseIsWrongUsage() {
        for (var wrong :
                new String[][] {
                    {"--requests", "0", "--input", "1", "--output", "1"},
                    {"--requests", "1", "--input", "-1", "--output", "1"},
                    {"--requests", "1", "--input", "1", "--output", "1", "--cache", "2h"},
                    {"--requests", "1", "--input", "1", "--output", "1", "--model", "nobody"},
                    {"--requests", "1", "--input", "1"}
                }) {
            var session = session();
            var arguments = new String[wrong.length + 1];
            arguments[0] = "cost";
            System.arraycopy(wrong, 0, arguments, 1, wrong.length);

            assertThat(session.run(arguments)).as(String.join(" ", wrong)).isEqualTo(2);
            assertThat(session.err()).startsWith("nightmail").doesNotContain("Exception");
        }
    }
}

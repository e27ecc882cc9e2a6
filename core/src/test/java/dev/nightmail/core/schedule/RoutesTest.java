package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTest {

    @ParameterizedTest
    @CsvSource({
        "claude-*, claude-opus-5, true",
        "claude-*, claude-, true",
        "claude-*, my-claude-opus-5, false",
        "*, '', true",
        "*-5, claude-5-5, true",
        "c*-o*-5, claude-opus-4-5, true",
        "c*-o*-5, claude-opus-4-6, false",
        "claude, claude-opus-5, false",
        "claude-opus-5, claude, false",
        "a**b, ab, true"
    })
    void aStarStandsForAnyRunOfCharacters(String glob, String model, boolean matches) {
        assertThat(new Routes.Route(glob, "upstream").matches(model)).isEqualTo(matches);
    }

    @Test
    void theFirstRouteThatMatchesServesAModel() {
        var routes =
                new Routes(
                        List.of(
                                new Routes.Route("claude-*", "claude"),
                                new Routes.Route("*", "local")));

        assertThat(upstreams(routes, "claude-opus-5")).containsExactly("claude");
        assertThat(upstreams(routes, "qwen3-8b")).containsExactly("local");
        assertThat(upstreams(Routes.all("one"), "")).containsExactly("one");
    }

    private static List<String> upstreams(Routes routes, String model) {
        return routes.routeFor(model).orElseThrow().upstreams();
    }

    @Test
    void aNameMadeToBeSlowIsNoSlower() {
        var route = new Routes.Route("*a*a*a*a*a*a*a*a*b", "upstream");

        assertThat(route.matches("a".repeat(20_000))).isFalse();
    }
}

package dev.nightmail.bench.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MannerTest {

    @ParameterizedTest
    @MethodSource("manners")
    void aMannerIsToldByItsPath(Manner manner) {
        assertThat(Manner.of("POST " + manner.path() + "/v1/messages HTTP/1.1")).isEqualTo(manner);
    }

    @Test
    void anyOtherPathIsAMistake() {
        assertThatThrownBy(() -> Manner.of("POST /v1/messages HTTP/1.1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/v1/messages");
    }

    static Stream<Manner> manners() {
        return Stream.of(
                Manner.ANSWERING,
                Manner.HOLDING,
                Manner.FULL,
                Manner.FITTING,
                Manner.NEVER,
                new Manner.Answering(Duration.ofMillis(1_500)));
    }
}

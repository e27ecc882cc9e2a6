package dev.nightmail.upstream.http;

import static dev.nightmail.upstream.http.MisbehavingUpstream.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which failures may have cost something, whatever API the upstream speaks. */
public interface CostOfFailures {

    MisbehavingUpstream server();

    AttemptOutcome attempt() throws Exception;

    @ParameterizedTest
    @CsvSource({"200,true", "500,false", "502,false", "504,true", "524,true"})
    default void whetherAFailureMayHaveCostSomethingIsAValue(int status, boolean mayHaveCost)
            throws Exception {
        server().then(answer(status, "{}"));

        assertThat(((Failed) attempt()).mayHaveCost()).isEqualTo(mayHaveCost);
    }

    @Test
    default void anErrorUnderASuccessMayHaveCostSomething() throws Exception {
        server().then(answer(200, "{\"error\":{\"message\":\"out of memory\",\"code\":500}}"));

        assertThat(((Failed) attempt()).mayHaveCost()).isTrue();
    }
}

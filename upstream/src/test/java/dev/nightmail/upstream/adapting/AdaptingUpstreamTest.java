package dev.nightmail.upstream.adapting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdaptingUpstreamTest {

    private final List<Call> came = new ArrayList<>();
    private final Upstream upstream = new AdaptingUpstream(new Remembering());

    @Test
    void aCallComesUnderTheNameThatItsRouteGivesTheModel() throws InterruptedException {
        upstream.attempt(call(new Endpoint.Messages()).as("qwen3-8b"));

        assertThat(came)
                .containsExactly(
                        call(new Endpoint.Messages())
                                .withBody(JsonBytes.of("{\"model\":\"qwen3-8b\"}")));
    }

    @Test
    void withoutOneItComesAsItIs() throws InterruptedException {
        upstream.attempt(call(new Endpoint.Messages()));

        assertThat(came).containsExactly(call(new Endpoint.Messages()));
    }

    @Test
    void aModelIsAskedForUnderItsNameThere() throws InterruptedException {
        upstream.attempt(call(new Endpoint.Model("claude-haiku-4-5")).as("qwen3-8b"));

        assertThat(came).containsExactly(call(new Endpoint.Model("qwen3-8b")));
    }

    private static Call call(Endpoint endpoint) {
        return new Call(
                endpoint,
                JsonBytes.of("{\"model\":\"claude-haiku-4-5\"}"),
                ApiVersion.V2026_10_21,
                List.of(),
                null,
                Duration.ofMinutes(1));
    }

    private final class Remembering implements Upstream {
        @Override
        public String name() {
            return "local";
        }

        @Override
        public AttemptOutcome attempt(Call call) {
            came.add(call);
            return new AttemptOutcome.Barred("a test", JsonBytes.of("{}"));
        }

        @Override
        public ForwardOutcome forward(Call call, AnswerSink sink) {
            came.add(call);
            return new ForwardOutcome.NoNews();
        }

        @Override
        public void close() {
            // Nothing is held open.
        }
    }
}

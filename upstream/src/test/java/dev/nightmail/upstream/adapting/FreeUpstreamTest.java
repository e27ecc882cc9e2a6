package dev.nightmail.upstream.adapting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Charge;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Usage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreeUpstreamTest {

    private static final JsonBytes BODY = JsonBytes.of(new byte[] {'{', '}'});
    private static final Billing STANDARD = new Billing("gpu", ServiceTier.STANDARD, true);
    private static final Billing FREE = new Billing("gpu", ServiceTier.FREE, false);

    private static AttemptOutcome through(AttemptOutcome outcome) throws InterruptedException {
        try (var upstream = new FreeUpstream(new Saying(outcome))) {
            return upstream.attempt(
                    new Call(
                            new Endpoint.Messages(),
                            BODY,
                            ApiVersion.V2026_10_21,
                            List.of(),
                            null,
                            Duration.ofSeconds(1)));
        }
    }

    @Test
    void whatItAnswersIsBilledToNobody() throws InterruptedException {
        assertThat(through(new Answered(BODY, Usage.NONE, STANDARD, Headroom.UNTOLD)))
                .isEqualTo(new Answered(BODY, Usage.NONE, FREE, Headroom.UNTOLD));
    }

    @Test
    void norIsAnAnswerThatCannotBeDelivered() throws InterruptedException {
        assertThat(through(new Refused(BODY, Headroom.UNTOLD, new Charge(Usage.NONE, STANDARD))))
                .isEqualTo(new Refused(BODY, Headroom.UNTOLD, new Charge(Usage.NONE, FREE)));
    }

    @Test
    void aRefusalThatNobodyAnsweredStaysOfNobody() throws InterruptedException {
        assertThat(through(new Refused(BODY))).isEqualTo(new Refused(BODY));
    }

    private record Saying(AttemptOutcome outcome) implements Upstream {
        @Override
        public String name() {
            return "gpu";
        }

        @Override
        public AttemptOutcome attempt(Call call) {
            return outcome;
        }

        @Override
        public ForwardOutcome forward(Call call, AnswerSink sink) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}

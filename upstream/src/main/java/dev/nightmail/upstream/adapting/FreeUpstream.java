package dev.nightmail.upstream.adapting;

import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Charge;
import dev.nightmail.core.usage.ServiceTier;

/** An upstream that bills nobody, whatever its protocol makes it say. */
public final class FreeUpstream implements Upstream {

    private final Upstream upstream;

    /** Takes the upstream over and closes it. */
    public FreeUpstream(Upstream upstream) {
        this.upstream = upstream;
    }

    @Override
    public String name() {
        return upstream.name();
    }

    @Override
    public AttemptOutcome attempt(Call call) throws InterruptedException {
        return switch (upstream.attempt(call)) {
            case Answered(var message, var usage, var billing, var headroom) ->
                    new Answered(message, usage, free(billing), headroom);
            case Refused(var error, var headroom, var charge) ->
                    new Refused(
                            error, headroom, new Charge(charge.usage(), free(charge.billing())));
            case AttemptOutcome other -> other;
        };
    }

    private static Billing free(Billing billing) {
        return billing.upstream().isEmpty()
                ? billing
                : new Billing(billing.upstream(), ServiceTier.FREE, false);
    }

    @Override
    public ForwardOutcome forward(Call call, AnswerSink sink) throws InterruptedException {
        return upstream.forward(call, sink);
    }

    @Override
    public void close() {
        upstream.close();
    }
}

package dev.nightmail.upstream.adapting;

import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Upstream;

/**
 * Puts into the calls that an upstream gets what its route and its settings want: the name under
 * which it knows the model ({@link Call#as}), and a mark on what is to be cached ({@link
 * Call#cachesPrefix}). Answers come back as they are: they say which model has answered.
 */
public final class AdaptingUpstream implements Upstream {

    private final Upstream upstream;

    /** Takes the upstream over and closes it. */
    public AdaptingUpstream(Upstream upstream) {
        this.upstream = upstream;
    }

    @Override
    public String name() {
        return upstream.name();
    }

    @Override
    public AttemptOutcome attempt(Call call) throws InterruptedException {
        return upstream.attempt(adapted(call));
    }

    @Override
    public ForwardOutcome forward(Call call, AnswerSink sink) throws InterruptedException {
        return upstream.forward(adapted(call), sink);
    }

    private static Call adapted(Call call) {
        return named(call.cachesPrefix() ? call.withBody(CacheMark.put(call.body())) : call);
    }

    private static Call named(Call call) {
        var as = call.as();
        if (as == null) {
            return call;
        }
        return switch (call.endpoint()) {
            case Endpoint.Messages _, Endpoint.CountTokens _ ->
                    call.withBody(ModelName.replaced(call.body(), as)).as(null);
            case Endpoint.Model _ -> call.at(new Endpoint.Model(as)).as(null);
            case Endpoint.Models _ -> call;
        };
    }

    @Override
    public void close() {
        upstream.close();
    }
}

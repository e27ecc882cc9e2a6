package dev.nightmail.upstream.naming;

import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.core.upstream.Upstream;

/**
 * Puts the name under which an upstream knows a model ({@link Call#as}) into the calls it gets.
 * Answers come back as they are: they say which model has answered.
 */
public final class RenamingUpstream implements Upstream {

    private final Upstream upstream;

    /** Takes the upstream over and closes it. */
    public RenamingUpstream(Upstream upstream) {
        this.upstream = upstream;
    }

    @Override
    public String name() {
        return upstream.name();
    }

    @Override
    public AttemptOutcome attempt(Call call) throws InterruptedException {
        return upstream.attempt(renamed(call));
    }

    @Override
    public void relay(Call call, AnswerSink sink) throws InterruptedException {
        upstream.relay(renamed(call), sink);
    }

    private static Call renamed(Call call) {
        var as = call.as();
        if (as == null) {
            return call;
        }
        return switch (call.endpoint()) {
            case Endpoint.Messages _, Endpoint.CountTokens _ ->
                    call.withBody(ModelName.replaced(call.body(), as));
            case Endpoint.Model _ -> call.at(new Endpoint.Model(as));
            case Endpoint.Models _ -> call;
        };
    }

    @Override
    public void close() {
        upstream.close();
    }
}

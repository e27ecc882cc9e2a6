package dev.nightmail.engine;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.schedule.NoRoute;
import dev.nightmail.core.schedule.Routes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.ForwardOutcome.Answered;
import dev.nightmail.core.upstream.ForwardOutcome.Barred;
import dev.nightmail.core.upstream.ForwardOutcome.Failed;
import dev.nightmail.core.upstream.ForwardOutcome.NoNews;
import dev.nightmail.core.upstream.ForwardOutcome.Throttled;
import dev.nightmail.core.upstream.ForwardOutcome.Unreachable;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.engine.desk.MessageDesk;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Sends interactive calls straight to their upstream, ahead of all batches. Tells the scheduler to
 * leave them room, and what they find out about the upstream.
 */
final class RoutedMessageDesk implements MessageDesk {

    private static final int NOT_FOUND = 404;

    private final SequencedMap<String, Upstream> upstreams;
    private final Routes routes;
    private final NoRoute noRoute;
    private final InteractiveChoice choice;
    private final Consumer<Event> post;
    private final AtomicLong calls = new AtomicLong();

    RoutedMessageDesk(
            SequencedMap<String, Upstream> upstreams,
            Routes routes,
            NoRoute noRoute,
            InteractiveChoice choice,
            Consumer<Event> post) {
        this.upstreams = upstreams;
        this.routes = routes;
        this.noRoute = noRoute;
        this.choice = choice;
        this.post = post;
    }

    @Override
    public void forward(String model, Call call, AnswerSink sink) throws InterruptedException {
        if (model.isEmpty()) {
            forward(List.of(upstreams.firstEntry().getKey()), call, sink);
            return;
        }
        var route = routes.routeFor(model).orElse(null);
        if (route == null) {
            answer(NOT_FOUND, noRoute.error(model), sink);
            return;
        }
        forward(choice.inOrder(route), call.as(route.as()), sink);
    }

    /**
     * Asks one after the other until one does something for the call. If none does the client gets
     * the first refusal: it comes from the one that was thought to be the best.
     */
    private void forward(List<String> names, Call call, AnswerSink sink)
            throws InterruptedException {
        HeldRefusal refusal = null;
        Unreachable unreachable = null;
        for (var name : names) {
            var answer = new HeldRefusal(sink);
            var outcome = forward(upstream(name), call, answer);
            switch (outcome) {
                case Unreachable notReached -> unreachable = notReached;
                case Throttled _, Barred _ when answer.isHeld() ->
                        refusal = refusal == null ? answer : refusal;
                case Answered _, Throttled _, Failed _, Barred _, NoNews _ -> {
                    passOn(answer, sink);
                    return;
                }
            }
        }
        if (refusal != null) {
            passOn(refusal, sink);
        } else if (unreachable != null) {
            answer(unreachable.status(), unreachable.error(), sink);
        }
    }

    private static void passOn(HeldRefusal refusal, AnswerSink sink) {
        try {
            refusal.passOn();
        } catch (IOException e) {
            // The client is gone; there is nobody to tell.
            sink.abort(e);
        }
    }

    private ForwardOutcome forward(Upstream upstream, Call call, AnswerSink sink)
            throws InterruptedException {
        long number = calls.incrementAndGet();
        post.accept(new Event.InteractiveStarted(upstream.name(), number));
        choice.began(upstream.name());
        ForwardOutcome outcome = new ForwardOutcome.NoNews();
        try {
            outcome = upstream.forward(call, sink);
            return outcome;
        } finally {
            choice.ended(upstream.name());
            post.accept(
                    new Event.InteractiveFinished(upstream.name(), number, news(call, outcome)));
        }
    }

    /**
     * What the outcome says of how messages are answered there. Counting tokens and listing models
     * have limits and troubles of their own, and not every service does them.
     */
    private static ForwardOutcome news(Call call, ForwardOutcome outcome) {
        return call.endpoint() instanceof Endpoint.Messages || outcome instanceof Unreachable
                ? outcome
                : new ForwardOutcome.NoNews();
    }

    private Upstream upstream(String name) {
        var upstream = upstreams.get(name);
        if (upstream == null) {
            throw new IllegalStateException("no upstream is called " + name);
        }
        return upstream;
    }

    private static void answer(int status, JsonBytes error, AnswerSink sink) {
        try {
            sink.begin(status, Map.of("content-type", "application/json"));
            sink.write(error.array(), 0, error.length());
            sink.end();
        } catch (IOException e) {
            sink.abort(e);
        }
    }
}

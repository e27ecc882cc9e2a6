package dev.nightmail.engine;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.schedule.Event.InteractiveRefused.Refusal;
import dev.nightmail.core.schedule.NoRoute;
import dev.nightmail.core.schedule.Routes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.ForwardOutcome.Answered;
import dev.nightmail.core.upstream.ForwardOutcome.Barred;
import dev.nightmail.core.upstream.ForwardOutcome.Failed;
import dev.nightmail.core.upstream.ForwardOutcome.News;
import dev.nightmail.core.upstream.ForwardOutcome.NoNews;
import dev.nightmail.core.upstream.ForwardOutcome.Refused;
import dev.nightmail.core.upstream.ForwardOutcome.Throttled;
import dev.nightmail.core.upstream.ForwardOutcome.Unreachable;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.engine.desk.MessageDesk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends interactive calls straight to their upstream, ahead of all batches. Tells the scheduler to
 * leave them room, and what they find out about the upstream.
 *
 * <p>A call that is refused may be made again, at another upstream or, where batches took the room,
 * at the same one a little later: nothing of a refusal is passed on before that is decided.
 */
final class RoutedMessageDesk implements MessageDesk {

    private static final int NOT_FOUND = 404;

    private final SequencedMap<String, Upstream> upstreams;
    private final Routes routes;
    private final NoRoute noRoute;
    private final InteractiveChoice choice;
    private final InteractivePatience patience;
    private final Consumer<Event> post;
    private final AtomicLong calls = new AtomicLong();

    RoutedMessageDesk(
            SequencedMap<String, Upstream> upstreams,
            Routes routes,
            NoRoute noRoute,
            InteractiveChoice choice,
            InteractivePatience patience,
            Consumer<Event> post) {
        this.upstreams = upstreams;
        this.routes = routes;
        this.noRoute = noRoute;
        this.choice = choice;
        this.patience = patience;
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
            passOn(notFound(noRoute.error(model)), sink);
            return;
        }
        forward(choice.inOrder(route), call.as(route.as()), sink);
    }

    private static Refused notFound(JsonBytes error) {
        return new Refused(
                new NoNews(), NOT_FOUND, Map.of("content-type", "application/json"), error);
    }

    private void forward(List<String> names, Call call, AnswerSink sink)
            throws InterruptedException {
        long number = calls.incrementAndGet();
        var refused = askInTurn(number, names, call, sink);
        if (refused != null) {
            passOn(refused, sink);
        }
    }

    private static void passOn(Refused refusal, AnswerSink sink) {
        try {
            refusal.passOn(sink);
        } catch (IOException e) {
            // The client is gone; there is nobody to tell.
            sink.abort(e);
        }
    }

    /**
     * Asks one after the other until one does something for the call. If none does the client gets
     * the first refusal: it comes from the one that was thought to be the best.
     *
     * @return what is to be passed on; null if the client has its answer
     */
    private @Nullable Refused askInTurn(long number, List<String> names, Call call, AnswerSink sink)
            throws InterruptedException {
        Refused first = null;
        Refused unreachable = null;
        var throttled = new ArrayList<Refusal>();
        for (var name : names) {
            if (!(ask(upstream(name), number, call, sink) instanceof Refused refused)) {
                return null;
            }
            switch (refused.news()) {
                case Unreachable _ -> unreachable = refused;
                case Throttled(var retryAfter, var _, var noPlace) -> {
                    first = first == null ? refused : first;
                    throttled.add(new Refusal(name, retryAfter, noPlace));
                }
                case Barred _ -> first = first == null ? refused : first;
                case Answered _, Failed _, NoNews _ -> {
                    return refused;
                }
            }
        }
        if (first == null) {
            return unreachable;
        }
        return throttled.isEmpty() || !(call.endpoint() instanceof Endpoint.Messages)
                ? first
                : askAgain(number, first, throttled, call, sink);
    }

    /** Asks those again that had no room, as long as the scheduler thinks there may be some. */
    private @Nullable Refused askAgain(
            long number, Refused first, List<Refusal> throttled, Call call, AnswerSink sink)
            throws InterruptedException {
        var refusals = throttled;
        try (var wait = patience.begin(number)) {
            while (true) {
                var name = wait.awaitRoom(refusals, sink);
                if (name == null) {
                    return first;
                }
                if (!(ask(upstream(name), number, call, sink) instanceof Refused refused)) {
                    return null;
                }
                if (!(refused.news() instanceof Throttled(var retryAfter, var _, var noPlace))) {
                    return refused;
                }
                refusals = replaced(refusals, new Refusal(name, retryAfter, noPlace));
            }
        } catch (IOException e) {
            sink.abort(e);
            return null;
        }
    }

    private static List<Refusal> replaced(List<Refusal> refusals, Refusal latest) {
        return refusals.stream()
                .map(refusal -> refusal.upstream().equals(latest.upstream()) ? latest : refusal)
                .toList();
    }

    private ForwardOutcome ask(Upstream upstream, long number, Call call, AnswerSink sink)
            throws InterruptedException {
        post.accept(new Event.InteractiveStarted(upstream.name(), number));
        choice.began(upstream.name());
        ForwardOutcome outcome = new NoNews();
        try {
            outcome = upstream.forward(call, sink);
            return outcome;
        } finally {
            choice.ended(upstream.name());
            post.accept(
                    new Event.InteractiveFinished(
                            upstream.name(), number, news(call, outcome.news())));
        }
    }

    /**
     * What the outcome says of how messages are answered there. Counting tokens and listing models
     * have limits and troubles of their own, and not every service does them.
     */
    private static News news(Call call, News news) {
        return call.endpoint() instanceof Endpoint.Messages || news instanceof Unreachable
                ? news
                : new NoNews();
    }

    private Upstream upstream(String name) {
        var upstream = upstreams.get(name);
        if (upstream == null) {
            throw new IllegalStateException("no upstream is called " + name);
        }
        return upstream;
    }
}

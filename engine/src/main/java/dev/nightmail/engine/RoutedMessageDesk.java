package dev.nightmail.engine;

import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.schedule.NoRoute;
import dev.nightmail.core.schedule.Routes;
import dev.nightmail.core.schedule.Routes.Route;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.engine.desk.MessageDesk;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends interactive calls straight to their upstream, and tells the scheduler to leave them room.
 */
final class RoutedMessageDesk implements MessageDesk {

    private static final int NOT_FOUND = 404;

    private final Map<String, Upstream> upstreams;
    private final Routes routes;
    private final NoRoute noRoute;
    private final Consumer<Event> post;

    RoutedMessageDesk(
            Map<String, Upstream> upstreams, Routes routes, NoRoute noRoute, Consumer<Event> post) {
        this.upstreams = upstreams;
        this.routes = routes;
        this.noRoute = noRoute;
        this.post = post;
    }

    @Override
    public void relay(String model, Call call, AnswerSink sink) throws InterruptedException {
        var route = model.isEmpty() ? null : routes.routeFor(model).orElse(null);
        if (route == null && !model.isEmpty()) {
            refuse(model, sink);
            return;
        }
        var upstream = upstreamOf(route);
        post.accept(new Event.InteractiveStarted(upstream.name()));
        try {
            upstream.relay(route == null ? call : call.as(route.as()), sink);
        } finally {
            post.accept(new Event.InteractiveFinished(upstream.name()));
        }
    }

    private Upstream upstreamOf(@Nullable Route route) {
        if (route == null) {
            return upstreams.values().iterator().next();
        }
        var upstream = upstreams.get(route.upstreams().getFirst());
        if (upstream == null) {
            throw new IllegalStateException("no upstream is called " + route.upstreams());
        }
        return upstream;
    }

    private void refuse(String model, AnswerSink sink) {
        var error = noRoute.error(model);
        try {
            sink.begin(NOT_FOUND, Map.of("content-type", "application/json"));
            sink.write(error.array(), 0, error.length());
            sink.end();
        } catch (IOException e) {
            sink.abort(e);
        }
    }
}

package dev.nightmail.engine;

import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.schedule.NoRoute;
import dev.nightmail.core.schedule.Routes;
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
        var upstream = upstreamFor(model);
        if (upstream == null) {
            refuse(model, sink);
            return;
        }
        post.accept(new Event.InteractiveStarted(upstream.name()));
        try {
            upstream.relay(call, sink);
        } finally {
            post.accept(new Event.InteractiveFinished(upstream.name()));
        }
    }

    private @Nullable Upstream upstreamFor(String model) {
        if (model.isEmpty()) {
            return upstreams.values().iterator().next();
        }
        return routes.upstreamFor(model).map(upstreams::get).orElse(null);
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

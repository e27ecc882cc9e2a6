package dev.nightmail.api.server;

import static dev.nightmail.core.key.Scope.ADMIN;
import static dev.nightmail.core.key.Scope.READ;
import static dev.nightmail.core.key.Scope.SUBMIT;

import dev.nightmail.api.batches.BatchEndpoints;
import dev.nightmail.api.exchange.Endpoint;
import dev.nightmail.api.messages.MessageEndpoints;
import dev.nightmail.api.upstreams.UpstreamEndpoints;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.key.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.eclipse.jetty.util.URIUtil;

/** Which path and method lead to which endpoint. */
final class Routes {

    private static final int METHOD_NOT_ALLOWED = 405;
    private static final String VARIABLE = "{id}";

    /** What a call of one path and method does, and the scope it needs. */
    record Action(Scope scope, Endpoint endpoint) {}

    private static final Action NO_BATCHES =
            new Action(
                    READ,
                    (_, _, _) -> {
                        throw ApiError.notFound(
                                "this is the simulator alone, which answers one message at a time:"
                                        + " ./nightmail serve has batches, and the simulator behind"
                                        + " them");
                    });

    private static final List<String> BATCH_PATHS =
            List.of(
                    "/v1/messages/batches",
                    "/v1/messages/batches/{id}",
                    "/v1/messages/batches/{id}/cancel",
                    "/v1/messages/batches/{id}/results");

    /** The endpoint a call leads to, with the variable part of its path; empty if it has none. */
    record Match(Action action, String id) {}

    private record Route(List<String> path, Map<String, Action> actions) {
        Route(String path, Map<String, Action> actions) {
            this(List.of(path.substring(1).split("/")), actions);
        }

        boolean fits(List<String> segments) {
            if (segments.size() != path.size()) {
                return false;
            }
            for (int i = 0; i < path.size(); i++) {
                var expected = path.get(i);
                var segment = segments.get(i);
                if (expected.equals(VARIABLE) ? segment.isEmpty() : !expected.equals(segment)) {
                    return false;
                }
            }
            return true;
        }

        String id(List<String> segments) {
            int at = path.indexOf(VARIABLE);
            return at < 0 ? "" : URIUtil.decodePath(segments.get(at));
        }
    }

    /** In order: what is spelled out goes before what is variable. */
    private final List<Route> routes;

    private Routes(List<Route> routes) {
        this.routes = routes;
    }

    /** All that a server answers. */
    static Routes of(
            BatchEndpoints batches, MessageEndpoints messages, UpstreamEndpoints upstreams) {
        var routes = new ArrayList<Route>(interactive(messages));
        routes.addAll(
                List.of(
                        new Route(
                                "/v1/messages/batches",
                                Map.of(
                                        "POST", new Action(SUBMIT, batches.create()),
                                        "GET", new Action(READ, batches::list))),
                        new Route(
                                "/v1/messages/batches/{id}",
                                Map.of(
                                        "GET", new Action(READ, batches::retrieve),
                                        "DELETE", new Action(SUBMIT, batches::delete))),
                        new Route(
                                "/v1/messages/batches/{id}/cancel",
                                Map.of("POST", new Action(SUBMIT, batches::cancel))),
                        new Route(
                                "/v1/messages/batches/{id}/results",
                                Map.of("GET", new Action(READ, batches::results))),
                        new Route(
                                "/nightmail/v1/batches/{id}/results",
                                Map.of("GET", new Action(READ, batches.partialResults()))),
                        new Route(
                                "/nightmail/v1/batches/{id}/events",
                                Map.of("GET", new Action(READ, batches.events()))),
                        new Route(
                                "/nightmail/v1/upstreams",
                                Map.of("GET", new Action(ADMIN, upstreams::list))),
                        new Route(
                                "/nightmail/v1/upstreams/{id}/resume",
                                Map.of("POST", new Action(ADMIN, upstreams::resume)))));
        return new Routes(routes);
    }

    /** The same without batches. */
    static Routes of(MessageEndpoints messages) {
        var routes = new ArrayList<Route>(interactive(messages));
        for (var path : BATCH_PATHS) {
            routes.add(
                    new Route(
                            path,
                            Map.of("GET", NO_BATCHES, "POST", NO_BATCHES, "DELETE", NO_BATCHES)));
        }
        return new Routes(routes);
    }

    private static List<Route> interactive(MessageEndpoints messages) {
        return List.of(
                new Route("/v1/messages", Map.of("POST", new Action(SUBMIT, messages::messages))),
                new Route(
                        "/v1/messages/count_tokens",
                        Map.of("POST", new Action(SUBMIT, messages::countTokens))),
                new Route("/v1/models", Map.of("GET", new Action(READ, messages::models))),
                new Route("/v1/models/{id}", Map.of("GET", new Action(READ, messages::model))));
    }

    /**
     * @param path canonical: without dot segments, decoded but for encoded slashes
     * @return empty if nothing is there
     * @throws ApiError if something is there, but not by this method
     */
    Optional<Match> find(String method, String path) {
        var segments = segments(path);
        for (var route : routes) {
            if (route.fits(segments)) {
                return Optional.of(new Match(action(route, method), route.id(segments)));
            }
        }
        return Optional.empty();
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(1).split("/", -1));
    }

    /**
     * The known path that an unknown one ends with: what is in front of it stands in the client's
     * base URL, and should not.
     */
    Optional<String> knownEnd(String path) {
        var segments = segments(path);
        for (int from = 1; from < segments.size(); from++) {
            var end = segments.subList(from, segments.size());
            if (isKnown(end)) {
                return Optional.of("/" + String.join("/", end));
            }
        }
        return Optional.empty();
    }

    boolean leadsSomewhere(String path) {
        return isKnown(segments(path));
    }

    private boolean isKnown(List<String> segments) {
        return routes.stream().anyMatch(route -> route.fits(segments));
    }

    private static Action action(Route route, String method) {
        // A HEAD is a GET of which only the headers are sent.
        var action = route.actions().get(method.equals("HEAD") ? "GET" : method);
        if (action != null) {
            return action;
        }
        var allowed = new TreeSet<>(route.actions().keySet());
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        throw ApiError.of(
                        METHOD_NOT_ALLOWED,
                        ErrorType.INVALID_REQUEST_ERROR,
                        "this path takes " + String.join(", ", allowed))
                .withHeader("allow", String.join(", ", allowed));
    }
}

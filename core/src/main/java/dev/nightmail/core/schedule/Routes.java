package dev.nightmail.core.schedule;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which upstreams serve which model: the first route that matches. */
public record Routes(List<Route> routes) {

    public Routes {
        routes = List.copyOf(routes);
    }

    /** Everything goes to one upstream. */
    public static Routes all(String upstream) {
        return new Routes(List.of(new Route("*", upstream)));
    }

    /**
     * @param model a model's name, in which {@code *} stands for any run of characters
     * @param upstreams any of these answers: copies of one service, at least one
     * @param as how the model is called there; null if it is called as clients call it
     */
    public record Route(String model, List<String> upstreams, @Nullable String as) {

        /** One upstream, where the model is called as clients call it. */
        public Route(String model, String upstream) {
            this(model, List.of(upstream), null);
        }

        public Route {
            upstreams = List.copyOf(upstreams);
            if (upstreams.isEmpty()) {
                throw new IllegalArgumentException("a route leads somewhere");
            }
        }

        /**
         * Time grows with the product of the two lengths and no faster: names come from clients,
         * and the thread that asks is the one that decides.
         */
        boolean matches(String name) {
            int g = 0;
            int n = 0;
            int star = -1;
            int taken = 0;
            while (n < name.length()) {
                if (g < model.length() && model.charAt(g) == '*') {
                    star = g++;
                    taken = n;
                } else if (g < model.length() && model.charAt(g) == name.charAt(n)) {
                    g++;
                    n++;
                } else if (star >= 0) {
                    // The last star takes one character more; an earlier one never has to.
                    g = star + 1;
                    n = ++taken;
                } else {
                    return false;
                }
            }
            while (g < model.length() && model.charAt(g) == '*') {
                g++;
            }
            return g == model.length();
        }
    }

    public Optional<Route> routeFor(String model) {
        return routes.stream().filter(route -> route.matches(model)).findFirst();
    }
}

package dev.nightmail.core.schedule;

import java.util.List;
import java.util.Optional;

/** Which upstream serves which model: the first route that matches. */
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
     */
    public record Route(String model, String upstream) {

        boolean matches(String name) {
            return matches(model, 0, name, 0);
        }

        private static boolean matches(String glob, int g, String name, int n) {
            if (g == glob.length()) {
                return n == name.length();
            }
            if (glob.charAt(g) == '*') {
                return matches(glob, g + 1, name, n)
                        || (n < name.length() && matches(glob, g, name, n + 1));
            }
            return n < name.length()
                    && glob.charAt(g) == name.charAt(n)
                    && matches(glob, g + 1, name, n + 1);
        }
    }

    public Optional<String> upstreamFor(String model) {
        return routes.stream()
                .filter(route -> route.matches(model))
                .map(Route::upstream)
                .findFirst();
    }
}

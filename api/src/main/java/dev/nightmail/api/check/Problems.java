package dev.nightmail.api.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is wrong with one request, field by field. */
final class Problems {

    private static final int NAMED_MAX = 10;

    private final List<String> named = new ArrayList<>(0);

    void add(String field, String problem) {
        if (named.size() < NAMED_MAX) {
            named.add(field + ": " + problem);
        }
    }

    Optional<String> text() {
        return named.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", named));
    }
}

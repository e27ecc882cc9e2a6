package dev.nightmail.pipeline.source;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Which columns become the id of a record: those called so, and those a query renames on the way.
 * Names are in small letters.
 */
final class IdColumns {

    private IdColumns() {}

    static Set<String> of(JsonNode tree) {
        var names = new HashSet<String>(Set.of("id"));
        int before;
        do {
            before = names.size();
            collect(tree, names);
        } while (names.size() > before);
        return names;
    }

    private static void collect(JsonNode node, Set<String> names) {
        for (var item : node.path("select_list").values()) {
            var path = item.path("column_names");
            if (path.isEmpty()) {
                continue;
            }
            var column = path.path(path.size() - 1).asString("").toLowerCase(Locale.ROOT);
            var alias = item.path("alias").asString("").toLowerCase(Locale.ROOT);
            if (names.contains(alias.isEmpty() ? column : alias)) {
                names.add(column);
            }
        }
        for (var child : node.values()) {
            collect(child, names);
        }
    }
}

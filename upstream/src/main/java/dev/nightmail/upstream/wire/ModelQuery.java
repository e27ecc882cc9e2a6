package dev.nightmail.upstream.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of the list of models (wire contract, section 2.6).
 *
 * @param afterId only models behind this one
 * @param beforeId only models before this one, the nearest
 * @param lifecycles models in one of these
 */
public record ModelQuery(
        int limit, @Nullable String afterId, @Nullable String beforeId, Set<String> lifecycles) {

    private static final int LIMIT_USUAL = 20;
    private static final int LIMIT_MAX = 1000;
    private static final Set<String> LIFECYCLES = Set.of("active", "deprecated", "retired");
    private static final Set<String> LIFECYCLES_USUAL = Set.of("active", "deprecated");

    public ModelQuery {
        lifecycles = Set.copyOf(lifecycles);
    }

    /** The same, where models are called by other names too: by their ids. */
    public ModelQuery withIds(UnaryOperator<String> idOf) {
        return new ModelQuery(
                limit,
                afterId == null ? null : idOf.apply(afterId),
                beforeId == null ? null : idOf.apply(beforeId),
                lifecycles);
    }

    /**
     * Part of a list.
     *
     * @param more whether more follow, in the direction in which the list is read
     */
    public record Page<T>(List<T> models, boolean more) {
        public Page {
            models = List.copyOf(models);
        }
    }

    /**
     * @param query raw, without {@code ?}
     * @throws IllegalArgumentException whose message names the parameter that is wrong first
     */
    public static ModelQuery parse(String query) {
        int limit = LIMIT_USUAL;
        String afterId = null;
        String beforeId = null;
        var lifecycles = new TreeSet<String>();
        for (var pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            switch (name) {
                case "limit" -> limit = limit(value);
                case "after_id" -> afterId = value;
                case "before_id" -> beforeId = value;
                case "lifecycle", "lifecycle[]" -> lifecycles.add(lifecycle(value));
                default -> {
                    // Of no concern here: "beta", for one.
                }
            }
        }
        if (afterId != null && beforeId != null) {
            throw new IllegalArgumentException("before_id: cannot be combined with after_id");
        }
        return new ModelQuery(
                limit, afterId, beforeId, lifecycles.isEmpty() ? LIFECYCLES_USUAL : lifecycles);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "query: a percent sign has to be followed by two hex digits", e);
        }
    }

    private static int limit(String value) {
        try {
            int limit = Integer.parseInt(value);
            if (limit >= 1 && limit <= LIMIT_MAX) {
                return limit;
            }
        } catch (NumberFormatException _) {
            // Answered below, like a number that is out of bounds.
        }
        throw new IllegalArgumentException("limit: Input should be between 1 and " + LIMIT_MAX);
    }

    private static String lifecycle(String value) {
        if (!LIFECYCLES.contains(value)) {
            throw new IllegalArgumentException(
                    "lifecycle: Input should be 'active', 'deprecated' or 'retired'");
        }
        return value;
    }

    /**
     * The page that is asked for.
     *
     * @param models those in one of the lifecycles, newest first
     * @param id of each
     * @throws IllegalArgumentException as above, if the model to begin at is not among them
     */
    public <T> Page<T> page(List<T> models, Function<T, String> id) {
        int from = 0;
        int to = models.size();
        if (beforeId != null) {
            to = position("before_id", beforeId, models, id);
            from = Math.max(0, to - limit);
            return new Page<>(models.subList(from, to), from > 0);
        }
        if (afterId != null) {
            from = position("after_id", afterId, models, id) + 1;
        }
        to = Math.min(to, from + limit);
        return new Page<>(models.subList(from, to), to < models.size());
    }

    private static <T> int position(
            String parameter, String wanted, List<T> models, Function<T, String> id) {
        for (int at = 0; at < models.size(); at++) {
            if (id.apply(models.get(at)).equals(wanted)) {
                return at;
            }
        }
        throw new IllegalArgumentException(parameter + ": no model of that id is in this list");
    }
}

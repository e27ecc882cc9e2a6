package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of the list of models.
 *
 * @param afterId only models behind this one
 * @param beforeId only models before this one
 * @param active whether models that are in use are asked for, and no others are there
 */
record ModelQuery(int limit, @Nullable String afterId, @Nullable String beforeId, boolean active) {

    private static final int LIMIT = 20;
    private static final int LIMIT_MAX = 1000;

    /**
     * @param query raw, without {@code ?}
     * @throws RefusedException that names the parameter that is wrong
     */
    static ModelQuery parse(String query) throws RefusedException {
        int limit = LIMIT;
        String afterId = null;
        String beforeId = null;
        boolean anyLifecycle = true;
        boolean active = false;
        for (int at = 0; at < query.length(); ) {
            int end = query.indexOf('&', at);
            end = end < 0 ? query.length() : end;
            int equals = query.indexOf('=', at);
            int nameEnd = equals < 0 || equals > end ? end : equals;
            String name = decoded(query.substring(at, nameEnd));
            String value = nameEnd == end ? "" : decoded(query.substring(nameEnd + 1, end));
            switch (name) {
                case "limit" -> limit = limit(value);
                case "after_id" -> afterId = value;
                case "before_id" -> beforeId = value;
                case "lifecycle", "lifecycle[]" -> {
                    anyLifecycle = false;
                    active |= value.equals("active");
                }
                default -> {
                    // Of no concern here: "beta", for one.
                }
            }
            at = end + 1;
        }
        if (afterId != null && beforeId != null) {
            throw RefusedException.invalid("before_id", "cannot be combined with after_id");
        }
        return new ModelQuery(limit, afterId, beforeId, anyLifecycle || active);
    }

    private static String decoded(String text) throws RefusedException {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException _) {
            throw RefusedException.invalid(
                    "query", "a percent sign has to be followed by two hex digits");
        }
    }

    private static int limit(String value) throws RefusedException {
        try {
            int limit = Integer.parseInt(value);
            if (limit >= 1 && limit <= LIMIT_MAX) {
                return limit;
            }
        } catch (NumberFormatException _) {
            // Answered below, like a number that is out of bounds.
        }
        throw RefusedException.invalid("limit", "Input should be between 1 and " + LIMIT_MAX);
    }
}

package dev.nightmail.api.messages;

import dev.nightmail.api.wire.ApiError;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The id of a model as it stands in a path. It becomes a part of an upstream's URL, called with the
 * operator's key, so nothing passes that some server could take for another path: not even encoded,
 * since what stands in between may decode it.
 */
final class ModelId {

    private static final int LENGTH_MAX = 256;

    /** Letters, digits and what ids have between them; a slash divides, as in {@code org/model}. */
    private static final Pattern SEGMENT = Pattern.compile("[\\p{L}\\p{N}@:+~_=,. -]+");

    private ModelId() {}

    /**
     * @throws ApiError if it is none
     */
    static String checked(String id) {
        boolean valid =
                id.length() <= LENGTH_MAX
                        && List.of(id.split("/", -1)).stream().allMatch(ModelId::isSegment);
        if (!valid) {
            throw ApiError.invalid(
                    "the path: expected the id of a model, of at most %d letters, digits and . _ - : @ + ~ = , and no . or .. between slashes"
                            .formatted(LENGTH_MAX));
        }
        return id;
    }

    private static boolean isSegment(String segment) {
        return SEGMENT.matcher(segment).matches() && !segment.strip().matches("\\.*");
    }
}

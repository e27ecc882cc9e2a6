package dev.nightmail.api.batches;

import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage.Place;
import dev.nightmail.core.batch.BatchPage.Query;
import org.eclipse.jetty.util.Fields;

/** Reads which page of batches is asked for. */
final class PageQuery {

    private static final int LIMIT_DEFAULT = 20;
    private static final int LIMIT_MAX = 1_000;

    private PageQuery() {}

    static Query parse(Fields query) {
        return new Query(limit(query), place(query));
    }

    private static int limit(Fields query) {
        var text = query.getValue("limit");
        if (text == null) {
            return LIMIT_DEFAULT;
        }
        try {
            int limit = Integer.parseInt(text.strip());
            if (limit >= 1 && limit <= LIMIT_MAX) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // Answered below, like a number out of range.
        }
        throw ApiError.invalid("limit: Input should be an integer from 1 to " + LIMIT_MAX);
    }

    private static Place place(Fields query) {
        var after = query.getValue("after_id");
        var before = query.getValue("before_id");
        if (after != null && before != null) {
            throw ApiError.invalid("after_id, before_id: only one of them can be given");
        }
        if (after != null) {
            return new Place.After(cursor("after_id", after));
        }
        if (before != null) {
            return new Place.Before(cursor("before_id", before));
        }
        return new Place.Newest();
    }

    /** The batch itself may be gone: an id of ours says by itself where it stood. */
    private static BatchId cursor(String name, String text) {
        return BatchId.parse(text)
                .filter(id -> id.createdAt().isPresent())
                .orElseThrow(() -> ApiError.invalid(name + ": this is not the id of a batch"));
    }
}

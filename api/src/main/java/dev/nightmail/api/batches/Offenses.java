package dev.nightmail.api.batches;

import dev.nightmail.api.wire.ApiError;
import java.util.ArrayList;
import java.util.List;

/** Everything found wrong with a batch, so that its sender hears of all of it at once. */
final class Offenses {

    /** Of so many the text is given; the others are counted. */
    static final int NAMED_MAX = 20;

    private final List<String> named = new ArrayList<>();
    private long total;

    void add(String offense) {
        total++;
        if (named.size() < NAMED_MAX) {
            named.add(offense);
        }
    }

    boolean any() {
        return total > 0;
    }

    ApiError toError() {
        var text = String.join("; ", named);
        long more = total - named.size();
        return ApiError.invalid(more == 0 ? text : text + "; and " + more + " more");
    }
}

package dev.nightmail.pipeline.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The largest of the requests that are to be sent: if any is too long for a model, these are. */
final class LargestRequests {

    private final List<Request> requests = new ArrayList<>();

    /**
     * One of them.
     *
     * @param bytes of its params
     */
    record Request(String recordId, long bytes) {}

    void add(String recordId, long bytes) {
        if (requests.size() == Forecaster.PLACES_TOLD && bytes <= requests.getLast().bytes()) {
            return;
        }
        requests.add(new Request(recordId, bytes));
        requests.sort(Comparator.comparingLong(Request::bytes).reversed());
        if (requests.size() > Forecaster.PLACES_TOLD) {
            requests.removeLast();
        }
    }

    /** The largest first. */
    List<Request> all() {
        return List.copyOf(requests);
    }
}

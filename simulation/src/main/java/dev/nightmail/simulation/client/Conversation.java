package dev.nightmail.simulation.client;

import dev.nightmail.simulation.client.Account.Asking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An interactive call: what upstreams said to it. */
public final class Conversation {

    private final String id;
    private final Set<String> said = new LinkedHashSet<>();
    private final List<Refusal> refusals = new ArrayList<>();

    private record Refusal(long nanos, @Nullable Duration retryAfter, List<Asking> inTheWay) {}

    Conversation(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }

    /** An upstream says this to it, as an answer or an error. */
    public void said(String body) {
        said.add(body);
    }

    boolean wasSaid(String body) {
        return said.contains(body);
    }

    /**
     * An upstream has no place for it.
     *
     * @param inTheWay the calls of batches that hold places there
     */
    public void refused(long nanos, @Nullable Duration retryAfter, List<Asking> inTheWay) {
        refusals.add(new Refusal(nanos, retryAfter, List.copyOf(inTheWay)));
    }

    /**
     * Whether it should rather wait than be told that there is no place: since it was refused a
     * batch has held one all the time, and it has not waited long enough.
     *
     * @param patience for which it waits in all
     * @param leaseTtl after which the server takes a call nobody heard of for over
     */
    boolean shouldWait(long nanos, Duration patience, Duration leaseTtl) {
        var last = refusals.getLast();
        long waited = nanos - refusals.getFirst().nanos();
        long left = patience.toNanos() - (last.nanos() - refusals.getFirst().nanos());
        var retryAfter = last.retryAfter();
        boolean comesBackInTime = retryAfter == null || retryAfter.toNanos() < left;
        boolean heldAllTheTime =
                last.inTheWay().stream()
                        .anyMatch(call ->
                                call.isUnderWay()
                                        && nanos - call.beganNanos() < leaseTtl.toNanos());
        return waited < patience.toNanos() && comesBackInTime && heldAllTheTime;
    }
}
